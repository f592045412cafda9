import * as monitoring from "../../services/base/metrics-contract/external/monitoring.ts";
import { DASHBOARDS, type AlertRule, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, STATUS } from "./commands.ts";
import { orZeroFor } from "./promql.ts";

const PROMETHEUS_LOGS = logsOf("prometheus");
const ALERTMANAGER_LOGS = logsOf("alertmanager");
const REDEPLOY = "Deploy the foundation from the last good commit: `./astra up`.";
const blind = "None for users; but alerts may be missing.";
const group = { rule_group: "/configuration/prometheus/current/rules/redis.yml;redis" } as const;

/** What is scraped besides the services; each is an exporter or a part of monitoring itself. */
const FOUNDATION = ["edge", "redis-exporter", "postgres-exporter", "alertmanager"] as const;

function reloadFailed(name: string, metric: string, program: string, logs: string): AlertRule {
  return {
    name,
    severity: "critical",
    expr: `max_over_time(${metric}[5m]) == 0`,
    forSeconds: 60,
    summary: `${program} runs on an old configuration.`,
    description: `${program} could not read its configuration for 5 minutes.`,
    runbook: { meaning: "The configuration on disk has a mistake.", impact: blind, commands: [logs, STATUS, "./astra test"], goBack: REDEPLOY },
    test: { series: [{ series: metric, bad: 0, good: 1 }] },
  };
}

/** Monitoring itself: who watches the watchers. */
export const monitoringGroup: RuleGroup = {
  name: "monitoring",
  component: "monitoring",
  owner: "platform",
  dashboard: DASHBOARDS.services,
  records: [],
  alerts: [
    {
      name: "Watchdog",
      severity: "none",
      expr: "vector(1)",
      forSeconds: 0,
      summary: "The alerting pipeline works.",
      description: "Fires always. Whoever receives alerts and does not see this one has lost the way from Prometheus.",
      runbook: {
        meaning: "All is well. What matters is when it stops.",
        impact: "None.",
        commands: ["curl -s http://127.0.0.1:9090/-/ready", "curl -s http://127.0.0.1:9093/-/ready", STATUS],
        goBack: "Nothing to take back.",
      },
      test: { series: [] },
    },
    {
      name: "TargetDown",
      severity: "warning",
      expr: `count by (workload) (${monitoring.UP.name} == 0) / count by (workload) (${monitoring.UP.name}) > 0.1`,
      forSeconds: 300,
      summary: "Targets do not answer Prometheus.",
      description: "{{ $value | humanizePercentage }} of the targets of {{ $labels.workload }} do not answer (threshold 10 %).",
      runbook: {
        meaning: "A container has a name and an address, and its /metrics does not answer in time.",
        impact: blind,
        commands: ["curl -s 'http://127.0.0.1:9090/api/v1/targets?state=active'", STATUS, "docker stats --no-stream"],
        goBack: REDEPLOY,
      },
      test: {
        labels: { workload: "nft" },
        value: "16.67%",
        series: Array.from({ length: 12 }, (_, index) => ({
          series: `up{workload="nft",instance="${index}"}`,
          bad: index < 2 ? 0 : 1,
          good: index < 1 ? 0 : 1,
        })),
      },
    },
    {
      name: "TargetMissing",
      severity: "warning",
      expr: `(${orZeroFor(`count by (workload) (${monitoring.UP.name}{workload=~"${FOUNDATION.join("|")}"})`, "workload", FOUNDATION)}) == 0`,
      forSeconds: 180,
      summary: "Prometheus does not know a target that has to be there.",
      description: "Prometheus finds no {{ $labels.workload }}: its name leads nowhere.",
      runbook: {
        meaning: "The container is gone, or the name is not in the network's DNS, or the scrape configuration lost it.",
        impact: blind,
        commands: [STATUS, query("count by (workload) (up)"), PROMETHEUS_LOGS],
        goBack: REDEPLOY,
      },
      test: {
        labels: { workload: "redis-exporter" },
        series: FOUNDATION.map((workload) => ({ series: `up{workload="${workload}"}`, bad: workload === "redis-exporter" ? "absent" : 1, good: 1 })),
      },
    },
    reloadFailed("PrometheusConfigReloadFailed", monitoring.PROMETHEUS_RELOAD_OK.name, "Prometheus", PROMETHEUS_LOGS),
    reloadFailed("AlertmanagerConfigReloadFailed", monitoring.ALERTMANAGER_RELOAD_OK.name, "Alertmanager", ALERTMANAGER_LOGS),
    {
      name: "PrometheusRuleFailures",
      severity: "critical",
      expr: `max by (rule_group) (increase(${monitoring.RULE_FAILURES.name}[5m])) > 0`,
      forSeconds: 0,
      keepFiringSeconds: 600,
      summary: "Rules cannot be evaluated.",
      description: "Rules of {{ $labels.rule_group }} failed within 5 minutes (threshold 0).",
      runbook: {
        meaning: "A rule matches series that it cannot put together, for example after a label has changed.",
        impact: blind,
        commands: [PROMETHEUS_LOGS, "curl -s http://127.0.0.1:9090/api/v1/rules", "npm run test:unit"],
        goBack: REDEPLOY,
      },
      test: {
        labels: group,
        trueAfterSeconds: 30,
        series: [{ series: `${monitoring.RULE_FAILURES.name}{rule_group="${group.rule_group}"}`, bad: "0 0 1x80", good: "0x80" }],
      },
    },
    {
      name: "PrometheusRuleGroupSlow",
      severity: "warning",
      expr: `max by (rule_group) (${monitoring.RULE_GROUP_DURATION.name} / ${monitoring.RULE_GROUP_INTERVAL.name}) > 0.5`,
      forSeconds: 300,
      summary: "Rules take long.",
      description: "{{ $labels.rule_group }} takes {{ $value | humanizePercentage }} of the time between two evaluations (threshold 50 %).",
      runbook: {
        meaning: "The rules read too much, or Prometheus has too little processor time.",
        impact: "Above 100 % evaluations are left out, and alerts come late.",
        commands: [query("topk(3, prometheus_rule_group_last_duration_seconds)"), "docker stats --no-stream", PROMETHEUS_LOGS],
        goBack: REDEPLOY,
      },
      test: {
        labels: group,
        value: "52%",
        series: [
          { series: `${monitoring.RULE_GROUP_DURATION.name}{rule_group="${group.rule_group}"}`, bad: 2.6, good: 2.4 },
          { series: `${monitoring.RULE_GROUP_INTERVAL.name}{rule_group="${group.rule_group}"}`, bad: 5, good: 5 },
        ],
      },
    },
    {
      name: "PrometheusNoAlertmanager",
      severity: "critical",
      expr: `(max(${monitoring.ALERTMANAGERS.name}) or vector(0)) == 0`,
      forSeconds: 120,
      summary: "Alerts go nowhere.",
      description: "Prometheus knows no Alertmanager.",
      runbook: {
        meaning: "Alertmanager is gone, or its name is.",
        impact: "Nobody is told of anything. You read this by looking at Prometheus itself.",
        commands: [STATUS, ALERTMANAGER_LOGS, "curl -s http://127.0.0.1:9090/api/v1/alertmanagers"],
        goBack: REDEPLOY,
      },
      test: { series: [{ series: monitoring.ALERTMANAGERS.name, bad: 0, good: 1 }] },
    },
    {
      name: "PrometheusNotIngesting",
      severity: "critical",
      expr: `sum(rate(${monitoring.SAMPLES_APPENDED.name}[5m])) <= 0`,
      forSeconds: 300,
      summary: "Prometheus takes nothing in.",
      description: "Not one sample was taken in within 5 minutes.",
      runbook: {
        meaning: "Its disk is full, or its storage is damaged.",
        impact: "Alerts and dashboards stand still.",
        commands: [PROMETHEUS_LOGS, "df -h", STATUS],
        goBack: "Make room on the disk. If the storage is damaged, remove the volume of Prometheus; only history is lost.",
      },
      test: {
        trueAfterSeconds: 15,
        series: [{ series: `${monitoring.SAMPLES_APPENDED.name}{type="float"}`, bad: 7, good: { perStep: 1 } }],
      },
    },
    {
      name: "PrometheusManySeries",
      severity: "warning",
      expr: `max(${monitoring.HEAD_SERIES.name}) > 40000`,
      forSeconds: 600,
      summary: "Prometheus holds very many series.",
      description: "Prometheus holds {{ $value | humanize }} series in memory (threshold 40k).",
      runbook: {
        meaning: "A label has values without end, such as an id or a path, or many containers came and went.",
        impact: "Prometheus needs more memory, up to its limit.",
        commands: ["curl -s http://127.0.0.1:9090/api/v1/status/tsdb", query("topk(5, scrape_samples_post_metric_relabeling)"), "docker stats --no-stream"],
        goBack: "Deploy the release without that label.",
      },
      test: { value: "40.1k", series: [{ series: monitoring.HEAD_SERIES.name, bad: 40_100, good: 39_900 }] },
    },
    {
      name: "ScrapeManySamples",
      severity: "warning",
      expr: `max by (workload) (${monitoring.SCRAPE_SAMPLES.name}) > 10000`,
      forSeconds: 600,
      summary: "A target gives very many samples.",
      description: "{{ $labels.workload }} gives {{ $value | humanize }} samples at each reading (threshold 10k).",
      runbook: {
        meaning: "A label of this target has values without end, such as an id or a path.",
        impact: "Prometheus needs more memory, up to its limit.",
        commands: ["curl -s http://127.0.0.1:9090/api/v1/status/tsdb", query("topk(5, scrape_samples_post_metric_relabeling)"), STATUS],
        goBack: "Deploy the release without that label.",
      },
      test: {
        labels: { workload: "gateway" },
        value: "10.1k",
        series: [{ series: `${monitoring.SCRAPE_SAMPLES.name}{workload="gateway"}`, bad: 10_100, good: 9_900 }],
      },
    },
    {
      name: "AlertmanagerNotificationsFailing",
      severity: "critical",
      expr:
        `sum by (integration) (rate(${monitoring.NOTIFICATIONS_FAILED.name}[5m])) / ` +
        `sum by (integration) (rate(${monitoring.NOTIFICATIONS.name}[5m])) > 0.01`,
      forSeconds: 300,
      summary: "Alerts do not reach their receiver.",
      description: "{{ $value | humanizePercentage }} of the notifications by {{ $labels.integration }} fail (threshold 1 %).",
      runbook: {
        meaning: "The receiver does not answer, or refuses.",
        impact: "Nobody is told of alerts; they show in Alertmanager.",
        commands: [ALERTMANAGER_LOGS, "curl -s http://127.0.0.1:9093/api/v2/alerts", STATUS],
        goBack: "Put `astratrade:alertWebhook` right and deploy the foundation.",
      },
      test: {
        labels: { integration: "webhook" },
        value: "1.2%",
        trueAfterSeconds: 15,
        series: [
          { series: `${monitoring.NOTIFICATIONS.name}{integration="webhook"}`, bad: { perStep: 1000 }, good: { perStep: 1000 } },
          { series: `${monitoring.NOTIFICATIONS_FAILED.name}{integration="webhook",reason="other"}`, bad: { perStep: 12 }, good: { perStep: 8 } },
        ],
      },
    },
  ],
};
