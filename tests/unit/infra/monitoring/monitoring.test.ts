import { describe, expect, test } from "vitest";
import type { Fetch } from "../../../../infra/monitoring/ask.ts";
import { monitoringReport } from "../../../../infra/monitoring/report.ts";
import { monitoringScreen } from "../../../../infra/monitoring/screen.ts";

const place = {
  environment: "t",
  prometheus: "http://p",
  alertmanager: "http://a",
  logins: [{ name: "Prometheus" }, { name: "Grafana", user: "admin", secret: "grafana_admin", passwordBy: "docker exec g cat x" }],
};
const labels = (name: string, severity: string) => ({ alertname: name, severity, component: "c", owner: "platform", workload: "nft" });
const annotations = { summary: "It is slow.", description: "Slower than 1 s.", runbook: "alerts/runbooks/x.md#slow" };
const rule = (name: string, severity: string, state: string) => ({ labels: labels(name, severity), annotations, state, activeAt: "2026-01-31T12:00:00Z" });
const arrived = (name: string, severity: string, state: string) => ({ labels: labels(name, severity), annotations, status: { state }, startsAt: "2026-01-31T12:00:00Z" });

const answers: Readonly<Record<string, unknown>> = {
  "http://p/api/v1/alerts": {
    data: { alerts: [rule("Slow", "warning", "firing"), rule("Watchdog", "none", "firing"), rule("Gone", "critical", "firing"), rule("Soon", "info", "pending")] },
  },
  "http://a/api/v2/alerts": [arrived("Watchdog", "none", "active"), arrived("Slow", "warning", "suppressed"), arrived("Gone", "critical", "active")],
  "http://p/api/v1/targets?state=active": {
    data: { activeTargets: [{ health: "up" }, { health: "down", labels: { workload: "nft", instance: "10.0.0.1:8005" }, lastError: "refused" }] },
  },
};

/** Answers all but what begins with `silent`. */
function fakeFetch(silent = "-", changed: Readonly<Record<string, unknown>> = {}): Fetch {
  return (url) =>
    url.startsWith(silent)
      ? Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) }))
      : Promise.resolve(Response.json({ ...answers, ...changed }[url]));
}

describe("the report", () => {
  test("has what fires, most severe first, with runbook and silences, and without the Watchdog", async () => {
    const report = await monitoringReport(place, fakeFetch());
    expect(report.alerts?.map(({ name, state }) => `${name} ${state}`)).toEqual(["Gone firing", "Slow silenced", "Soon pending"]);
    expect(report.alerts?.[0]).toMatchObject({ severity: "critical", runbook: "alerts/runbooks/x.md#slow", labels: { workload: "nft" } });
    expect(report).toMatchObject({ working: true, watchdog: { fires: true, arrives: true }, targets: { up: 1, down: 1 }, problems: [] });
  });

  test("knows what the Alertmanager has when Prometheus is down, and says what it does not know", async () => {
    const report = await monitoringReport(place, fakeFetch("http://p"));
    expect(report).toMatchObject({ working: false, targets: null, watchdog: { fires: null, arrives: true } });
    expect(report.alerts?.map(({ name }) => name)).toEqual(["Gone", "Slow"]);
    expect(report.problems).toEqual(["Prometheus nothing listens there: targets and pending alerts are not known"]);
  });

  test("knows nothing when both are down, and does not fail", async () => {
    const report = await monitoringReport(place, fakeFetch("http"));
    expect(report).toMatchObject({ working: false, alerts: null, watchdog: { fires: null, arrives: null } });
    expect(monitoringScreen(report).join("\n")).toContain("What fires is not known.");
  });

  test("sees that alerts are lost on the way", async () => {
    const report = await monitoringReport(place, fakeFetch("-", { "http://a/api/v2/alerts": [] }));
    expect(report.working).toBe(false);
    expect(report.problems).toEqual(["the Watchdog does not arrive: alerts are lost between Prometheus and Alertmanager"]);
  });
});

test("the screen tells where a password lies, and shows it only when it was asked for", async () => {
  const report = await monitoringReport(place, fakeFetch());
  expect(monitoringScreen(report).join("\n")).toContain("password in secret grafana_admin, shown by --show-secrets or: docker exec g cat x");
  const shown = { ...report, logins: [{ name: "Grafana", user: "admin", password: "s3cret" }] };
  expect(monitoringScreen(shown).join("\n")).toContain("user admin, password s3cret");
});
