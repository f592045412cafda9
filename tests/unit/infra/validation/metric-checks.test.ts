import { describe, expect, test } from "vitest";
import { validationContext, type ValidationContext } from "../../../../infra/validation/check.ts";
import { metricChecks } from "../../../../infra/validation/metric-checks.ts";
import { ruleGroups } from "../../../../alerts/groups.ts";
import { metricSources, seriesNames } from "../../../../services/base/metrics-contract/contract.ts";

interface Answers {
  /** Names that Prometheus has. */
  readonly names?: readonly string[];
  /** Workloads that it reads. */
  readonly workloads?: readonly string[];
  /** Value of a query; absent: no series. */
  readonly value?: (query: string, trades: number) => number | undefined;
  readonly rules?: readonly unknown[];
}

const recorded = ruleGroups.flatMap((group) => group.records.map((rule) => rule.record));
const everyWorkload = [...new Set(metricSources.flatMap((source) => source.workloads))];

/** A Prometheus that answers so; waiting moves its clock. */
function prometheus({ names = [...seriesNames, ...recorded], workloads = everyWorkload, value = () => 1, rules = [] }: Answers): ValidationContext {
  let now = 0;
  let trades = 0;
  const result = (query: string): unknown[] => {
    if (query === "count by (workload) (up)") return workloads.map((workload) => ({ metric: { workload }, value: [0, "1"] }));
    const found = value(query, trades);
    return found === undefined ? [] : [{ metric: {}, value: [0, String(found)] }];
  };
  const data: Readonly<Record<string, (query: string) => unknown>> = {
    "/api/v1/label/__name__/values": () => names,
    "/api/v1/query": (query) => ({ result: result(query) }),
    "/api/v1/rules": () => ({ groups: [{ rules }] }),
  };
  return {
    ...validationContext({ environment: "test", target: "docker", ephemeral: false, portOffset: 0 }),
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += 1000 * ms;
        await Promise.resolve();
      },
    },
    fetch: async (input) => {
      const url = new URL(String(input));
      if (url.pathname === "/api/v1/trading/execute") {
        trades += 1;
        return new Response(JSON.stringify({ trade: { id: `trade-${trades}` } }), { status: 201 });
      }
      return await Promise.resolve(new Response(JSON.stringify({ data: data[url.pathname]?.(url.searchParams.get("query") ?? "") })));
    },
  };
}

const check = (part: string) => {
  const found = metricChecks.find((one) => one.name.includes(part));
  if (found === undefined) throw new Error(`no check "${part}"`);
  return found;
};

describe("the check of metrics (R-MON-1)", () => {
  const named = check("every metric");

  test("passes a Prometheus that has all of them", async () => {
    expect(await named.run(prometheus({}))).toMatch(/^\d+ series$/);
  });

  test("names what is missing", async () => {
    const names = [...seriesNames, ...recorded].filter((name) => name !== "redis_up");
    await expect(named.run(prometheus({ names }))).rejects.toThrow("Prometheus has no redis_up (waited 120 s)");
  });

  test("asks for nothing of a part that is not deployed, and says so", async () => {
    const names = [...seriesNames, ...recorded].filter((name) => !name.startsWith("container_"));
    const workloads = everyWorkload.filter((workload) => workload !== "agent");
    expect(await named.run(prometheus({ names, workloads }))).toContain("not deployed: the agent");
  });

  test("asks for nothing of containers on a cluster, whose agent has no engine to ask (R-DEP-7)", async () => {
    const names = [...seriesNames, ...recorded].filter((name) => !name.startsWith("container_") && !name.startsWith("agent_"));
    await expect(named.run(prometheus({ names }))).rejects.toThrow("container_");
    expect(await named.run({ ...prometheus({ names }), target: "kubernetes" })).toContain("not deployed: the agent");
  });

  test("waits for no series of what has not happened", async () => {
    const names = [...seriesNames, ...recorded].filter((name) => name !== "redis_errors_total");
    expect(await named.run(prometheus({ names }))).toMatch(/^\d+ series$/);
  });
});

describe("the check of panels (R-MON-1)", () => {
  const panels = check("every panel");

  test("passes when every query has a number", async () => {
    expect(await panels.run(prometheus({}))).toMatch(/^\d+ queries$/);
  });

  test("trades, since a ratio has no value in a minute without requests", async () => {
    expect(await panels.run(prometheus({ value: (_, trades) => (trades >= 2 ? 1 : Number.NaN) }))).toMatch(/^\d+ queries$/);
  });

  test.each([
    ["no series", undefined],
    ["no number", Number.NaN],
  ])("names a panel with %s", async (_, value) => {
    const answer = prometheus({ value: (query) => (query === "max(redis_up)" ? value : 1) });
    await expect(panels.run(answer)).rejects.toThrow("panels without data: astra-stores/Redis (max(redis_up))");
  });

  test("waits for no panel of what has not happened, and says so; once it has, the panel needs data", async () => {
    const value = (query: string) => (query === "max(astra_backup_size_bytes)" ? undefined : 1);
    const names = [...seriesNames, ...recorded];
    expect(await panels.run(prometheus({ value, names: names.filter((name) => name !== "astra_backup_size_bytes") }))).toMatch(/^\d+ queries; nothing to show yet: 1$/);
    await expect(panels.run(prometheus({ value, names }))).rejects.toThrow("panels without data: astra-stores/Size of the newest backup");
  });
});

describe("the check of rules (R-MON-2)", () => {
  const loaded = check("alert rule is loaded");
  const rules = ruleGroups.flatMap((group) => group.alerts.map((alert) => ({ name: alert.name, health: "ok", state: "inactive" })));

  test("passes, and tells what fires", async () => {
    const firing = rules.map((rule) => (rule.name === "Watchdog" ? { ...rule, state: "firing" } : rule));
    expect(await loaded.run(prometheus({ rules: firing }))).toBe(`${rules.length} alerts; firing: Watchdog`);
  });

  test("names a rule that is not there", async () => {
    await expect(loaded.run(prometheus({ rules: rules.filter((rule) => rule.name !== "RedisDown") }))).rejects.toThrow(
      "Prometheus has not loaded RedisDown",
    );
  });

  test("tells why a rule cannot be evaluated", async () => {
    const broken = rules.map((rule) => (rule.name === "RedisDown" ? { ...rule, health: "err", lastError: "many-to-many" } : rule));
    await expect(loaded.run(prometheus({ rules: broken }))).rejects.toThrow("RedisDown: many-to-many (waited 120 s)");
  });
});
