import { describe, expect, it } from "vitest";
import { endOfPeriod, PLAN_IDS, planOf, plans } from "../../../../../services/financial/subscriptions/plans.ts";

describe("R-SVC-1 subscription plans", () => {
  it("has each plan under its own id, at a price above zero", () => {
    expect(plans.map(({ id }) => id)).toEqual(PLAN_IDS);
    for (const plan of plans) expect([plan.id, plan.price.gt(0), plan.periodDays >= 1]).toEqual([plan.id, true, true]);
  });

  it("ends a period to the millisecond after its days", () => {
    const start = Date.parse("2026-11-21T08:00:00.001Z");
    expect(new Date(endOfPeriod(planOf("plus"), start)).toISOString()).toBe("2026-12-21T08:00:00.001Z");
  });
});
