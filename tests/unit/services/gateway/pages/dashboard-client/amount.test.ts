import { describe, expect, it } from "vitest";
import { displayAmount, displayUnit, displayWindow } from "../../../../../../services/gateway/pages/dashboard-client/amount.ts";

describe("an amount for eyes", () => {
  it.each([
    ["0", "users", "0"],
    ["999", "users", "999"],
    ["1000", "users", "1,000"],
    ["1234567.891", "interactions/user", "1,234,567.89"],
    ["-12345", "trades/min", "-12,345"],
    ["0.005", "trades/min", "0.01"],
    ["0.0049", "trades/min", "0"],
    ["-0.001", "trades/min", "0"],
    ["0.2", "trades/min", "0.2"],
    ["100", "trades/min", "100"],
    ["1751.5", "USD", "1,751.50"],
    ["0", "USD/user", "0.00"],
    ["999.995", "USD", "1,000.00"],
    ["999999999.99", "USD", "999,999,999.99"],
    ["999999999.995", "USD", "1.000 bn"],
    ["1234567890", "USD", "1.235 bn"],
    ["99999999999999999999.000000000000000001", "USD", "100,000,000,000.000 bn"],
  ])("shows %s %s as %s", (value, unit, shown) => {
    expect(displayAmount(value, unit)).toBe(shown);
  });

  it.each(["", "1e5", "NaN", "<b>", "1.2.3"])("leaves alone what is no decimal: %j", (value) => {
    expect(displayAmount(value, "USD")).toBe(value);
  });

  it("says units and windows in words", () => {
    expect(["users", "USD/user", "trades/min"].map((unit) => displayUnit(unit))).toEqual(["users", "USD per user", "trades per minute"]);
    expect([displayUnit("users", "1"), displayUnit("trades/min", "1"), displayUnit("users", "11"), displayUnit("USD", "1")]).toEqual(["user", "trade per minute", "users", "USD"]);
    expect(["24h", "5m", "week"].map((window) => displayWindow(window))).toEqual(["24 hours", "5 minutes", "week"]);
  });
});
