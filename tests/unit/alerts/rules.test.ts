import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { GENERATED_ALERT_FOLDERS, generatedAlerts } from "../../../alerts/generated.ts";
import { ruleGroups } from "../../../alerts/groups.ts";
import { DASHBOARDS } from "../../../alerts/model/alert.ts";
import { committedFiles } from "../../../infra/host/generated-files.ts";

interface RenderedRule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const files = generatedAlerts();
const rules = [...files]
  .filter(([path]) => path.startsWith("alerts/_gen/rules/"))
  .flatMap(([, text]) => (parse(text) as { groups: { rules: RenderedRule[] }[] }).groups.flatMap((group) => group.rules));
const alerts = rules.filter((rule) => rule.alert !== undefined);

describe("the alert rules (R-MON-2)", () => {
  it("are more than 30, in every area that can break", () => {
    expect(alerts.length).toBeGreaterThan(30);
    const components = new Set(alerts.map((alert) => alert.labels?.["component"]));
    expect([...components].sort()).toEqual(
      ["agent", "backup", "business", "container", "deployment", "event-bus", "gateway", "monitoring", "postgres", "protection", "redis", "service", "slo", "tracing"],
    );
  });

  it("are in the repository as they are generated: run `npm run generate`", async () => {
    const committed = await committedFiles(GENERATED_ALERT_FOLDERS);
    expect([...committed.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [path, text] of files) expect(committed.get(path), path).toBe(text);
  });

  it("come out as the same bytes each time", () => {
    expect([...generatedAlerts()]).toEqual([...files]);
  });

  it.each(alerts)("have labels of fixed values, and texts for people: $alert", ({ labels = {}, annotations = {} }) => {
    expect(["critical", "warning", "info", "none"]).toContain(labels["severity"]);
    expect(["platform", "product"]).toContain(labels["owner"]);
    for (const value of Object.values(labels)) expect(value).toMatch(/^[a-z-]+$/);
    expect(Object.keys(annotations).sort()).toEqual(["dashboard", "description", "runbook", "summary"]);
    expect(annotations["summary"]).toMatch(/^[A-Z].*\.$/);
    expect(annotations["summary"]).not.toContain("{{");
    expect(annotations["description"]).toMatch(/^\S.*\S$/);
    expect(Object.values(DASHBOARDS).map((uid) => `/d/${uid}`)).toContain(annotations["dashboard"]);
  });

  it.each(alerts)("lead to a section of a runbook that says what to do: $alert", ({ alert = "", annotations = {} }) => {
    const [path = "", anchor] = (annotations["runbook"] ?? "").split("#");
    expect(anchor).toBe(alert.toLowerCase());
    const section = files.get(path)?.split("\n## ").find((part) => part.startsWith(`${alert}\n`)) ?? "";
    for (const part of ["**Meaning.** ", "**Impact.** ", "**First commands.**", "**Go back.** "]) expect(section).toContain(part);
    expect(/```sh\n(.+)\n```/s.exec(section)?.[1]?.split("\n").length).toBeGreaterThanOrEqual(3);
    expect(files.get(path)).toContain("## Silence an alert");
  });

  it.each(alerts.filter((alert) => alert.labels?.["severity"] !== "none"))("wait, or go on for a person to see: $alert", (alert) => {
    expect(alert.for ?? alert.keep_firing_for).toMatch(/^(\d+[smhd])+$/);
  });

  it("ask for a rollback only where they name the colour that is worse", () => {
    const rollbacks = ruleGroups.flatMap((group) => group.alerts.filter((alert) => alert.action === "rollback"));
    expect(rollbacks.map((alert) => alert.name)).toEqual(["ColourErrorsWorse", "ColourErrorsWorseNow", "ColourLatencyWorse", "ColourCrashLooping"]);
    for (const { name, test, severity } of rollbacks) {
      expect(test.labels, name).toMatchObject({ colour: "green" });
      expect(severity, name).toBe("critical");
    }
  });

  it("have one watchdog that always fires", () => {
    expect(alerts.filter((alert) => alert.labels?.["severity"] === "none").map((alert) => alert.alert)).toEqual(["Watchdog"]);
  });

  it("are each tested to fire, to stay silent and to end, or say why not", () => {
    const tests = [...files].filter(([path]) => path.startsWith("alerts/_gen/tests/")).map(([, text]) => text);
    const titles = tests.flatMap((text) => (parse(text) as { tests: { name: string }[] }).tests.map((test) => test.name));
    /** It has no condition; and those whose condition comes from hours of history, which a test does not wait out. */
    const endsLate = ["Watchdog", "LedgerImbalance", "GatewayTrafficDrop", "RegistrationsDropped"];
    for (const { alert = "" } of alerts) {
      expect(titles).toContain(`${alert} fires above its threshold, and not before its time`);
      if (alert !== "Watchdog") expect(titles).toContain(`${alert} is silent below its threshold`);
    }
    const without = alerts.map((alert) => alert.alert ?? "").filter((alert) => !titles.includes(`${alert} ends when its condition ends`));
    const written = ruleGroups.flatMap((group) =>
      group.alerts.filter(({ test }) => test.series.some(({ bad }) => typeof bad === "string" && bad !== "absent")).map((alert) => alert.name),
    );
    const longWindows = ["SLOBurnDrift", "SLOBurnTicket", "SLOBurnSlow", "SLOBudgetSpent", "SLOBurnFast"];
    expect(without.filter((alert) => ![...endsLate, ...written, ...longWindows].includes(alert))).toEqual([]);
  });
});
