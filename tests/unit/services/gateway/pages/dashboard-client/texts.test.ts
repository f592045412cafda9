import { describe, expect, it } from "vitest";
import { KPIS } from "../../../../../../services/base/metrics-contract/business.ts";
import { ageText, changeOf, hourOf, noteOf } from "../../../../../../services/gateway/pages/dashboard-client/texts.ts";

describe("the words of a KPI", () => {
  it.each([
    [23.5, "up", "▲ 23.5 %", "up 23.5 % against the 24 hours before"],
    [-7, "down", "▼ 7 %", "down 7 % against the 24 hours before"],
    [12_345.6, "up", "▲ 12,346 %", "up 12,346 % against the 24 hours before"],
    [0, "same", "± 0 %", "unchanged against the 24 hours before"],
    [null, "new", "new", "there was nothing in the 24 hours before"],
  ])("tell a change of %s with its direction, for eyes and for ears", (changePercent, direction, text, spoken) => {
    expect(changeOf({ changePercent, window: "24h" })).toEqual({ direction, text, spoken });
  });

  it("tell what the figure is compared with", () => {
    expect(noteOf({ window: "5m", previous: "29.8", unit: "trades/min" })).toBe("last 5 minutes · 29.8 before");
  });

  it("tell for every KPI that the hour brought nothing yet", () => {
    for (const name of Object.keys(KPIS)) expect(hourOf({ name, unit: "USD", lastHour: "0" })).toMatch(/in this hour yet$/);
    expect(hourOf({ name: "trades_per_minute", unit: "trades/min", lastHour: "0.00" })).toBe("No trades in this hour yet");
    expect(hourOf({ name: "unheard_of", unit: "x", lastHour: "0" })).toBe("Nothing in this hour yet");
  });

  it("tell what the hour brought, and nothing where that is not known", () => {
    expect(hourOf({ name: "revenue_per_active_user", unit: "USD/user", lastHour: "0.5" })).toBe("0.50 USD per user in the last hour");
    expect(hourOf({ name: "revenue", unit: "USD", lastHour: null })).toBe("");
  });

  it.each([[-3, "0 s"], [0.4, "0 s"], [89, "89 s"], [90, "2 min"], [5_399, "90 min"], [5_400, "2 h"], [129_600, "2 days"]])("tell an age of %d s as %s", (seconds, text) => {
    expect(ageText(seconds)).toBe(text);
  });
});
