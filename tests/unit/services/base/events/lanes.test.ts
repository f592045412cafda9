import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReadDelivery } from "../../../../../services/base/events/delivery.ts";
import { lanesOf } from "../../../../../services/base/events/lanes.ts";

function one(id: number, aggregateId: string): { readonly delivery: ReadDelivery } {
  const event = {
    id: String(id), type: "trading.trade.counted", version: 1, aggregateId, occurredAt: "2026-01-01T00:00:00.000Z", correlationId: "c",
    producer: { service: "trading", colour: "blue" as const, version: "1" }, data: {},
  };
  return { delivery: { stream: "events:trading", id: `${id}-0`, text: "", deliveries: 1, event } };
}

const ids = (lane: readonly { readonly delivery: ReadDelivery }[]) => lane.map(({ delivery }) => delivery.id);

describe("lanes (R-EVT-3)", () => {
  it("hold every delivery once, an aggregate's all in one of them and in their order, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (aggregates, count) => {
        const wanted = aggregates.map((aggregate, index) => one(index, aggregate));
        const lanes = lanesOf(wanted, count);
        expect(lanes.length).toBeLessThanOrEqual(count);
        expect(lanes.every((lane) => lane.length > 0)).toBe(true);
        expect(lanes.flatMap(ids).sort()).toEqual(ids(wanted).sort());
        for (const aggregate of new Set(aggregates)) {
          const of = lanes.map((lane) => ids(lane.filter(({ delivery }) => delivery.event.aggregateId === aggregate)));
          expect(of.filter((lane) => lane.length > 0)).toEqual([ids(wanted.filter(({ delivery }) => delivery.event.aggregateId === aggregate))]);
        }
      }),
    );
  });

  it("are all used when there is enough to do", () => {
    const wanted = Array.from({ length: 400 }, (_, index) => one(index, `aggregate-${index}`));
    const lanes = lanesOf(wanted, 4);
    expect(lanes).toHaveLength(4);
    for (const lane of lanes) expect(lane.length).toBeGreaterThan(50);
  });
});
