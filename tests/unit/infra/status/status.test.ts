import { describe, expect, test } from "vitest";
import { frame, watch } from "../../../../infra/cli/watch.ts";
import { parseUsage } from "../../../../infra/host/usage.ts";
import { statusReport, type Findings } from "../../../../infra/status/report.ts";
import { formatAge, statusScreen } from "../../../../infra/status/screen.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const containers = [...testStack("foundation").containers, ...testStack("blue").containers].map((spec) => containerOf(spec));
const usage = new Map(containers.map(({ name }) => [name, { memoryBytes: 500 * 2 ** 20, memoryLimitBytes: 512 * 2 ** 20, cpuPercent: 50.4 }]));
const well: Findings = {
  environment: "t",
  engine: "compose",
  containers,
  expected: containers.filter((container) => container.workload !== "migrate"),
  traffic: { value: { version: 3, at: "2026-01-31T11:00:00Z", by: "astra", reason: "why", weights: { gateway: { blue: 100, green: 0 } } } },
  usage,
  alerts: [],
  apiUrl: "http://localhost:8000/health",
  api: { value: "ok" },
  urls: [{ name: "gateway", url: "http://localhost:8000" }],
};
const style = { colours: false, nowMs: Date.parse("2026-01-31T12:00:00Z") };
const down = { problem: "nothing listens there" };

describe("the report", () => {
  test("of a platform that is well has no problems and knows everything", () => {
    expect(statusReport(well)).toMatchObject({ healthy: true, problems: [], unknown: [], traffic: { version: 3 } });
    expect(statusReport(well).containers.find((row) => row.workload === "gateway")).toMatchObject({ trafficPercent: 100, cpuPercent: 50.4 });
  });

  test("names what is missing, what is broken and what cannot be known", () => {
    const half = containers.filter(({ workload }) => workload !== "redis").map((one) => (one.workload === "nft" ? { ...one, health: "unhealthy" } : one));
    const report = statusReport({ ...well, containers: half, traffic: { problem: "Redis does not run" }, usage: undefined, alerts: undefined, api: down });
    expect(report.healthy).toBe(false);
    expect(report.problems).toEqual([expect.stringMatching(/redis-1 is missing/), expect.stringMatching(/nft-1 is unhealthy/), "the API nothing listens there"]);
    expect(report.unknown).toEqual([
      "who takes requests: Redis does not run",
      "memory and CPU: the engine does not say in time",
      "what fires: neither Prometheus nor Alertmanager answers",
    ]);
  });

  test("takes a critical alert and a degraded API for a problem, a warning not", () => {
    const alert = { name: "Budget", severity: "warning", state: "firing", since: "", summary: "", description: "", runbook: "", labels: {} } as const;
    expect(statusReport({ ...well, alerts: [alert] }).healthy).toBe(true);
    expect(statusReport({ ...well, alerts: [{ ...alert, severity: "critical" }] }).problems).toEqual(["Budget fires"]);
    expect(statusReport({ ...well, api: { value: "degraded" } }).problems).toEqual(["the API is degraded"]);
  });

  test("of nothing says so", () => {
    const report = statusReport({ ...well, containers: [], expected: [] });
    expect(report).toMatchObject({ healthy: false, problems: ["nothing runs"] });
    expect(statusScreen(report, style)).toEqual(["Nothing runs in environment t. ./astra up --environment t"]);
  });
});

describe("the screen", () => {
  test("fits 80 columns, and goes without the version for it", () => {
    const lines = statusScreen(statusReport({ ...well, api: down }), { ...style, columns: 80 });
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join("\n")).toContain("CPU");
    expect(lines.join("\n")).not.toContain("VERSION");
  });

  test("shows all columns where there is room, or no terminal", () => {
    for (const columns of [{}, { columns: 160 }]) expect(statusScreen(statusReport(well), { ...style, ...columns }).join("\n")).toContain("VERSION");
  });

  test("says who gets what above the table, which a short terminal cuts off, and what was done last below it", () => {
    const history = ["up", "rollout", "rollback", "up"].map((kind, index) => ({ id: String(index), kind: kind as "up", at: `2026-01-31T11:5${index}:00Z`, by: "ann@host", outcome: "ok" as const, colour: "blue" as const, version: "v1" }));
    const lines = statusScreen(statusReport({ ...well, history }), style);
    expect(lines[1]).toBe("Traffic       table 3, 1h00m ago by astra: why");
    expect(lines.filter((line) => line.includes(" by ann@host"))).toEqual([
      "Changes           7m ago  up blue v1: ok, by ann@host",
      "                  8m ago  rollback blue v1: ok, by ann@host",
      "                  9m ago  rollout blue v1: ok, by ann@host",
    ]);
  });

  test("lines up with colours too", () => {
    const [plain, coloured] = [false, true].map((colours) => statusScreen(statusReport(well), { ...style, colours }).join("\n"));
    expect(coloured?.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
  });
});

test.each([[45_000, "45s"], [720_000, "12m"], [11_100_000, "3h05m"], [356_400_000, "4d03h"], [-5, "0s"]])("%i ms are %s", (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test("usage is read from the engine's words; a container that is going has none", () => {
  const line = (name: string, memory: string) => JSON.stringify({ Name: name, MemUsage: memory, CPUPerc: "1.50%" });
  const read = parseUsage([line("a", "5.5MiB / 512MiB"), line("b", "1.5GiB / 2GiB"), line("c", "0B / 0B"), line("d", "-- / --")].join("\n"));
  expect(read.get("a")).toEqual({ memoryBytes: 5.5 * 2 ** 20, memoryLimitBytes: 2 ** 29, cpuPercent: 1.5 });
  expect([...read.keys()]).toEqual(["a", "b"]);
});

describe("watching", () => {
  test("overwrites the last picture and clears what is left of it", () => {
    expect(frame(["a", "b"], 24)).toBe("\u001b[Ha\u001b[K\nb\u001b[K\n\u001b[J");
  });

  test("leaves out what does not fit", () => {
    expect(frame(["a", "b", "c", "d"], 4).split("\n").length).toBe(4);
    expect(frame(["a", "b", "c", "d"], 4)).toContain("... 2 more lines");
  });

  test.each([true, false])("draws until the signal, on a terminal: %s", async (isTTY) => {
    const [end, written] = [new AbortController(), [] as string[]];
    let drawn = 0;
    const pause = (): Promise<void> => Promise.resolve(drawn === 2 ? end.abort() : undefined);
    await watch(() => Promise.resolve([`picture ${(drawn += 1)}`]), { isTTY, write: (text) => written.push(text) }, pause, end.signal);
    expect(written.join("")).toContain("picture 2");
    expect(written.join("").endsWith("\u001b[?25h")).toBe(isTTY);
  });
});
