import { askJson, listWithin, textWithin, within, type Asked, type Fetch } from "./ask.ts";

/** An alert that is true now. */
export interface ActiveAlert {
  readonly name: string;
  /** `critical`, `warning`, `info`. */
  readonly severity: string;
  /** `pending`: its condition holds, but not for long enough yet. `silenced`: somebody, or another alert, keeps it quiet. */
  readonly state: "firing" | "pending" | "silenced";
  /** ISO 8601. */
  readonly since: string;
  readonly summary: string;
  readonly description: string;
  /** Path in this repository, with the section. */
  readonly runbook: string;
  /** What tells it from others of its name. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Alerts {
  /** Most severe first; without the Watchdog. */
  readonly active: readonly ActiveAlert[];
  /** The alert that always fires has been seen there. */
  readonly watchdog: boolean;
}

const WATCHDOG = "Watchdog";
const SEVERITIES = ["critical", "warning", "info"];
/** Labels that say the same of all alerts of a rule. */
const COMMON = new Set(["alertname", "severity", "component", "owner"]);

function rank(severity: string): number {
  const index = SEVERITIES.indexOf(severity);
  return index < 0 ? SEVERITIES.length : index;
}

/** Most severe first, then by name. */
function sorted(alerts: readonly ActiveAlert[]): readonly ActiveAlert[] {
  return alerts.toSorted((a, b) => rank(a.severity) - rank(b.severity) || (a.name < b.name ? -1 : 1));
}

function alertOf(entry: unknown, state: ActiveAlert["state"], since: string): ActiveAlert {
  const labels = Object.entries((within(entry, "labels") ?? {}) as Record<string, string>);
  return {
    name: textWithin(entry, "labels", "alertname"),
    severity: textWithin(entry, "labels", "severity"),
    state,
    since: textWithin(entry, since),
    summary: textWithin(entry, "annotations", "summary"),
    description: textWithin(entry, "annotations", "description"),
    runbook: textWithin(entry, "annotations", "runbook"),
    labels: Object.fromEntries(labels.filter(([name]) => !COMMON.has(name))),
  };
}

function withoutWatchdog(alerts: readonly ActiveAlert[]): Alerts {
  return {
    active: sorted(alerts.filter((alert) => alert.name !== WATCHDOG)),
    watchdog: alerts.some((alert) => alert.name === WATCHDOG && alert.state !== "pending"),
  };
}

/** What Prometheus finds true. */
export async function prometheusAlerts(fetch: Fetch, prometheus: string): Promise<Asked<Alerts>> {
  const asked = await askJson(fetch, `${prometheus}/api/v1/alerts`);
  if ("problem" in asked) return asked;
  const { status, body } = asked.value;
  if (status !== 200) return { problem: `answers ${status}` };
  const alerts = listWithin(body, "data", "alerts");
  return { value: withoutWatchdog(alerts.map((alert) => alertOf(alert, within(alert, "state") === "pending" ? "pending" : "firing", "activeAt"))) };
}

/** What has reached the Alertmanager, and what is silenced there. */
export async function alertmanagerAlerts(fetch: Fetch, alertmanager: string): Promise<Asked<Alerts>> {
  const asked = await askJson(fetch, `${alertmanager}/api/v2/alerts`);
  if ("problem" in asked) return asked;
  const { status, body } = asked.value;
  if (status !== 200) return { problem: `answers ${status}` };
  return {
    value: withoutWatchdog(
      listWithin(body).map((alert) => alertOf(alert, textWithin(alert, "status", "state") === "suppressed" ? "silenced" : "firing", "startsAt")),
    ),
  };
}

function identity({ name, severity, labels }: ActiveAlert): string {
  return JSON.stringify([name, severity, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** One list of both: Prometheus knows what is pending, the Alertmanager what is silenced. Undefined: neither answers. */
export function joinAlerts(prometheus: Asked<Alerts>, alertmanager: Asked<Alerts>): readonly ActiveAlert[] | undefined {
  if ("problem" in prometheus) return "problem" in alertmanager ? undefined : alertmanager.value.active;
  const silenced = new Set(
    "problem" in alertmanager ? [] : alertmanager.value.active.filter((alert) => alert.state === "silenced").map(identity),
  );
  return prometheus.value.active.map((alert) => (silenced.has(identity(alert)) && alert.state === "firing" ? { ...alert, state: "silenced" } : alert));
}
