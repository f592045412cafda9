import { describe, expect, it } from "vitest";
import { firstOfLastDays } from "../../../../../services/financial/analytics/days.ts";

const now = Date.parse("2026-11-21T23:59:59.999Z");

describe("R-SVC-1 last days", () => {
  it.each([
    [1, "2026-11-21"],
    [21, "2026-11-01"],
    [22, "2026-10-31"],
    [366, "2025-11-21"],
  ])("begins %i days on %s, this day included", (days, first) => {
    expect(firstOfLastDays(days, now)).toBe(first);
  });
});
