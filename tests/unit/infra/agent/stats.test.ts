import { describe, expect, test } from "vitest";
import { usageOf, type Stats } from "../../../../infra/agent/engine/stats.ts";

const MIB = 1024 * 1024;

function stats(memory: Stats["memory_stats"]): Stats {
  return {
    ...(memory ? { memory_stats: memory } : {}),
    cpu_stats: {
      cpu_usage: { total_usage: 2_500_000_000 },
      throttling_data: { periods: 40, throttled_periods: 10, throttled_time: 750_000_000 },
    },
    networks: { eth0: { rx_bytes: 7, tx_bytes: 8 }, eth1: { rx_bytes: 9, tx_bytes: 10 } },
  };
}

describe("usageOf", () => {
  test("takes the inactive files of all children off the usage on cgroup v1 (R-MON-2)", () => {
    const usage = usageOf(stats({ usage: 100 * MIB, stats: { total_inactive_file: 40 * MIB, inactive_file: 5 * MIB } }));
    expect(usage?.memoryBytes).toBe(100 * MIB);
    expect(usage?.workingSetBytes).toBe(60 * MIB);
  });

  test("takes the inactive files off the usage on cgroup v2 (R-MON-2)", () => {
    expect(usageOf(stats({ usage: 100 * MIB, stats: { inactive_file: 30 * MIB } }))?.workingSetBytes).toBe(70 * MIB);
  });

  test("never tells of less than no memory, as when the cache grows between two reads", () => {
    expect(usageOf(stats({ usage: 10, stats: { inactive_file: 11 } }))?.workingSetBytes).toBe(0);
  });

  test("tells times in seconds and each network by its interface", () => {
    expect(usageOf(stats({ usage: 1 }))).toEqual({
      memoryBytes: 1,
      workingSetBytes: 1,
      cpuSeconds: 2.5,
      cfsPeriods: 40,
      cfsThrottledPeriods: 10,
      cfsThrottledSeconds: 0.75,
      networks: [
        { interface: "eth0", receivedBytes: 7, sentBytes: 8 },
        { interface: "eth1", receivedBytes: 9, sentBytes: 10 },
      ],
    });
  });

  test("says nothing of a container that does not run", () => {
    expect(usageOf(stats({}))).toBeUndefined();
    expect(usageOf({})).toBeUndefined();
  });
});
