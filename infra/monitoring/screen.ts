import type { ActiveAlert } from "./alerts.ts";
import type { Login, MonitoringReport } from "./report.ts";

function loginLine(login: Login): string {
  if (login.user === undefined) return `${login.name.padEnd(12)}  no login; reached from this machine only`;
  const password =
    login.password === undefined
      ? `password in secret ${login.secret ?? "?"}, shown by --show-secrets or: ${login.passwordBy ?? ""}`
      : `password ${login.password}`;
  return `${login.name.padEnd(12)}  user ${login.user}, ${password}`;
}

function alertLines(alert: ActiveAlert): readonly string[] {
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`).join(" ");
  return [
    `${alert.severity.padEnd(8)}  ${alert.state.padEnd(8)}  ${alert.name}${labels === "" ? "" : `  ${labels}`}: ${alert.summary}`,
    `          ${alert.description}`,
    `          since ${alert.since.slice(0, 19)}Z, runbook ${alert.runbook}`,
  ];
}

function targetLines({ targets }: MonitoringReport): readonly string[] {
  if (targets === null) return ["Targets       not known"];
  const unknown = targets.unknown > 0 ? `, ${targets.unknown} not asked yet` : "";
  return [
    `Targets       ${targets.up} up, ${targets.down} down${unknown}`,
    ...targets.failing.map(({ workload, instance, error }) => `              ${workload} ${instance}: ${error}`),
  ];
}

function watchdogLine({ watchdog: { fires, arrives } }: MonitoringReport): string {
  const word = (value: boolean | null, yes: string, no: string): string => (value === null ? "not known" : value ? yes : no);
  return `Watchdog      Prometheus: ${word(fires, "fires", "does not fire")}; Alertmanager: ${word(arrives, "has it", "does not have it")}`;
}

/** The report for a person. */
export function monitoringScreen(report: MonitoringReport): readonly string[] {
  const { alerts } = report;
  return [
    ...report.urls.map(({ name, url, answers }) => `${name.padEnd(12)}  ${url}${answers ? "" : "  (does not answer)"}`),
    "",
    ...report.logins.map(loginLine),
    "",
    ...targetLines(report),
    watchdogLine(report),
    "",
    ...(alerts === null ? ["What fires is not known."] : alerts.length === 0 ? ["Nothing fires."] : alerts.flatMap(alertLines)),
    ...(report.problems.length > 0 ? ["", ...report.problems.map((problem) => `! ${problem}`)] : []),
  ];
}
