import { describe, expect, test } from "vitest";
import { factsOf, type Inspected } from "../../../../infra/agent/engine/inspected.ts";

function inspected(host: Inspected["HostConfig"] = {}, state: Partial<Inspected["State"]> = {}): Inspected {
  return {
    Id: "0a1b",
    Name: "/astra-test-blue-user-1",
    RestartCount: 3,
    State: { Status: "running", StartedAt: "1970-01-01T00:16:40.5Z", Health: { Status: "unhealthy" }, ...state },
    Config: {
      Image: "astratrade/service-user:abc",
      Labels: {
        "astratrade.environment": "test",
        "astratrade.workload": "user",
        "astratrade.colour": "blue",
        "astratrade.version": "abc",
      },
    },
    HostConfig: host,
  };
}

describe("factsOf", () => {
  test("reads who a container is, what it may use and how it does", () => {
    expect(factsOf(inspected({ Memory: 1024, NanoCpus: 250_000_000 }))).toEqual({
      id: "0a1b",
      name: "astra-test-blue-user-1",
      environment: "test",
      workload: "user",
      colour: "blue",
      version: "abc",
      image: "astratrade/service-user:abc",
      state: "running",
      health: "unhealthy",
      restarts: 3,
      startedAtSeconds: 1000.5,
      memoryLimitBytes: 1024,
      cpuQuotaMicroseconds: 25_000,
      cpuPeriodMicroseconds: 100_000,
    });
  });

  test.each([
    { host: { CpuQuota: 30_000, CpuPeriod: 60_000 }, quota: 30_000, period: 60_000 },
    { host: { CpuQuota: 30_000 }, quota: 30_000, period: 100_000 },
    { host: { CpuQuota: -1, CpuPeriod: 0 }, quota: 0, period: 100_000 },
    { host: {}, quota: 0, period: 100_000 },
  ])("reads a CPU limit of $quota in $period", ({ host, quota, period }) => {
    expect(factsOf(inspected(host))).toMatchObject({ cpuQuotaMicroseconds: quota, cpuPeriodMicroseconds: period });
  });

  test("tells no health of a container without a check, and no start of one that never ran", () => {
    const facts = factsOf(inspected({}, { Health: null, StartedAt: "0001-01-01T00:00:00Z" }));
    expect(facts.health).toBe("none");
    expect(facts).not.toHaveProperty("startedAtSeconds");
  });
});
