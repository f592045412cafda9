import type { Clock } from "../../../../services/base/clock.ts";
import type { Instance } from "../../../../services/base/registry/instance.ts";
import type { TrafficTable } from "../../../../services/base/traffic/table.ts";

/** A clock that stands still until it is told to move. */
export class FakeClock implements Clock {
  #now: number;

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** A healthy instance of trading, with what the case changes. */
export function instanceWith(changes: Partial<Instance> = {}): Instance {
  return {
    service: "trading",
    instance: "trading-1",
    address: "127.0.0.1",
    port: 8001,
    colour: "blue",
    version: "v1",
    state: "up",
    weight: 100,
    startedAt: "2026-01-01T00:00:00.000Z",
    heartbeatAt: 0,
    ...changes,
  };
}

/** A good traffic table, with what the case changes. */
export function tableWith(changes: Partial<TrafficTable> = {}): TrafficTable {
  return {
    version: 1,
    at: "2026-01-01T00:00:00.000Z",
    by: "test",
    reason: "test",
    weights: { gateway: { blue: 100, green: 0 }, trading: { blue: 50, green: 50 } },
    ...changes,
  };
}
