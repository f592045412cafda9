import { beforeEach, describe, expect, it } from "vitest";
import { backoffMs } from "../../../../../services/base/events/backoff.ts";
import type { ReadDelivery } from "../../../../../services/base/events/delivery.ts";
import { RetryQueue } from "../../../../../services/base/events/retry-queue.ts";

let now: number;
let queue: RetryQueue;
beforeEach(() => {
  now = 1_000;
  queue = new RetryQueue({ firstMs: 100, maxMs: 1_000 }, { now: () => now });
});

function delivery(id: number, aggregateId = "a", deliveries = 1): ReadDelivery {
  return {
    stream: "events:trading",
    id: `${id}-0`,
    text: "",
    deliveries,
    event: {
      id: String(id), type: "trading.trade.counted", version: 1, aggregateId, occurredAt: "2026-01-01T00:00:00.000Z", correlationId: "c",
      producer: { service: "trading", colour: "blue", version: "1" }, data: {},
    },
  };
}

describe("the wait between deliveries", () => {
  it("doubles from the first to the longest", () => {
    expect([1, 2, 3, 4, 5, 60].map((failures) => backoffMs({ firstMs: 100, maxMs: 1_000 }, failures))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });
});

describe("events that failed (R-EVT-3)", () => {
  it("are due after a wait that grows with their deliveries", () => {
    queue.failed(delivery(1, "a", 3));
    expect(queue.nextDueMs()).toBe(400);
    now += 399;
    expect(queue.due()).toEqual([]);
    now += 1;
    expect(queue.due().map(({ id }) => id)).toEqual(["1-0"]);
    expect(queue.nextDueMs()).toBe(0);
  });

  it("hold back later events of their aggregate only, and let them go in order", () => {
    queue.failed(delivery(1));
    expect(queue.hold(delivery(2))).toBe(true);
    expect(queue.hold(delivery(3))).toBe(true);
    expect(queue.hold(delivery(4, "b"))).toBe(false);
    expect(queue.size).toBe(3);
    expect(queue.settled(delivery(1)).map(({ id }) => id)).toEqual(["2-0", "3-0"]);
    expect(queue.size).toBe(0);
    expect(queue.hold(delivery(5))).toBe(false);
    expect(queue.nextDueMs()).toBeUndefined();
  });

  it("keep what waits behind them when they fail again", () => {
    queue.failed(delivery(1));
    queue.hold(delivery(2));
    queue.failed(delivery(1, "a", 2));
    expect(queue.nextDueMs()).toBe(200);
    expect(queue.settled(delivery(1)).map(({ id }) => id)).toEqual(["2-0"]);
  });

  it("are known by their entry, so that one that comes in again is not handled twice at once", () => {
    queue.failed(delivery(1));
    queue.hold(delivery(2));
    expect(queue.has(delivery(1))).toBe(true);
    expect(queue.has(delivery(2))).toBe(true);
    expect(queue.has(delivery(3))).toBe(false);
  });

  it("are not let go by the settling of another event", () => {
    queue.failed(delivery(1));
    expect(queue.settled(delivery(9))).toEqual([]);
    expect(queue.has(delivery(1))).toBe(true);
  });
});
