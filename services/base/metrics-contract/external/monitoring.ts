import { counter, gauge, type MetricSource } from "../metric.ts";

export const PROMETHEUS_RELOAD_OK = gauge("prometheus_config_last_reload_successful", "1 when the configuration was read without a mistake.");
export const RULE_FAILURES = counter("prometheus_rule_evaluation_failures_total", "Rules that could not be evaluated.", ["rule_group"]);
export const RULE_GROUP_DURATION = gauge("prometheus_rule_group_last_duration_seconds", "Time that a group's last evaluation took.", ["rule_group"]);
export const RULE_GROUP_INTERVAL = gauge("prometheus_rule_group_interval_seconds", "Time between evaluations of a group.", ["rule_group"]);
export const ALERTMANAGERS = gauge("prometheus_notifications_alertmanagers_discovered", "Alertmanagers that alerts go to.");
export const HEAD_SERIES = gauge("prometheus_tsdb_head_series", "Series in memory.");
export const SAMPLES_APPENDED = counter("prometheus_tsdb_head_samples_appended_total", "Samples taken in.", ["type"]);

export const prometheus: MetricSource = {
  name: "Prometheus",
  workloads: ["prometheus"],
  metrics: [PROMETHEUS_RELOAD_OK, RULE_FAILURES, RULE_GROUP_DURATION, RULE_GROUP_INTERVAL, ALERTMANAGERS, HEAD_SERIES, SAMPLES_APPENDED],
};

export const ALERTMANAGER_RELOAD_OK = gauge("alertmanager_config_last_reload_successful", "1 when the configuration was read without a mistake.");
export const NOTIFICATIONS = counter("alertmanager_notifications_total", "Notifications that were tried.", ["integration"]);
export const NOTIFICATIONS_FAILED = counter("alertmanager_notifications_failed_total", "Notifications that failed.", ["integration", "reason"]);
export const ALERTMANAGER_ALERTS = gauge("alertmanager_alerts", "Alerts by state.", ["state"]);

export const alertmanager: MetricSource = {
  name: "Alertmanager",
  workloads: ["alertmanager"],
  metrics: [ALERTMANAGER_RELOAD_OK, NOTIFICATIONS, NOTIFICATIONS_FAILED, ALERTMANAGER_ALERTS],
};

/** Made by Prometheus for every target, and by its own rules. */
export const UP = gauge("up", "1 while a target answers.");
export const SCRAPE_SAMPLES = gauge("scrape_samples_post_metric_relabeling", "Samples of a target's last reading.");
/** Alerts that are pending or fire, from the rules themselves; there only while there are some. The watchdog always is. */
export const ALERTS = gauge("ALERTS", "1 for an alert that is pending or fires.", ["alertname", "alertstate", "severity", "component"]);

export const scraping: MetricSource = {
  name: "Prometheus, for each target",
  workloads: ["prometheus"],
  metrics: [UP, SCRAPE_SAMPLES, ALERTS],
};
