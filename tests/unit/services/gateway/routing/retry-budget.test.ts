import { describe, expect, it } from "vitest";
import { RetryBudget } from "../../../../../services/gateway/routing/retry-budget.ts";
import { FakeClock } from "../../base/fixtures.ts";

function taken(budget: RetryBudget, wanted: number): number {
  let count = 0;
  for (let time = 0; time < wanted; time += 1) if (budget.take()) count += 1;
  return count;
}

describe("the retry budget (R-GW-3)", () => {
  it("allows a share of the requests of the last 10 s, and a minimum", () => {
    const budget = new RetryBudget(new FakeClock(), 20, 1);
    for (let time = 0; time < 100; time += 1) budget.request();
    expect(taken(budget, 100)).toBe(20 + 10);
  });

  it("allows the minimum to a service that was hardly asked", () => {
    expect(taken(new RetryBudget(new FakeClock(), 20, 1), 100)).toBe(10);
  });

  it("allows none where share and minimum are 0", () => {
    const budget = new RetryBudget(new FakeClock(), 0, 0);
    budget.request();
    expect(taken(budget, 1)).toBe(0);
  });

  it("forgets requests and retries after 10 s", () => {
    const clock = new FakeClock();
    const budget = new RetryBudget(clock, 50, 0);
    for (let time = 0; time < 100; time += 1) budget.request();
    expect(taken(budget, 100)).toBe(50);
    clock.advance(5_000);
    expect(taken(budget, 1)).toBe(0);
    for (let time = 0; time < 10; time += 1) budget.request();
    clock.advance(5_000);
    expect(taken(budget, 100)).toBe(5);
  });
});
