import { describe, expect, it } from "vitest";
import { dashboardHtml, displayValue } from "../../../../../services/gateway/pages/dashboard-html.ts";
import { Fresh } from "../../../../../services/gateway/pages/fresh.ts";
import { dashboardOf, parseKpis, type Kpi } from "../../../../../services/gateway/pages/kpi.ts";
import { prefersHtml } from "../../../../../services/gateway/pages/prefers-html.ts";
import { FakeClock } from "../../base/fixtures.ts";

const revenue: Kpi = { name: "revenue", value: "1234.5", unit: "USD", window: "24h", ageSeconds: 1.5, previous: "1000", changePercent: 23.5 };

describe("the dashboard (R-GW-1)", () => {
  it("shows how old the data really is: at its source and on the way", () => {
    const dashboard = dashboardOf([revenue], 2.25, false, new Date(0));
    expect(dashboard).toMatchObject({ ageSeconds: 3.8, stale: false, generatedAt: "1970-01-01T00:00:00.000Z" });
    expect(dashboard.kpis[0]?.value).toBe("1234.5");
  });

  it("refuses an answer of another shape instead of showing nonsense", () => {
    expect(() => parseKpis({ kpis: [{ name: "revenue" }] })).toThrow("another shape");
  });

  it("loads nothing from elsewhere and escapes what it shows", () => {
    const page = dashboardHtml(dashboardOf([{ ...revenue, unit: "<b>" }], 0, true, new Date(0)));
    expect(page).toContain("Revenue");
    expect(page).toContain("1,234.5");
    expect(page).toContain("last answers");
    expect(page).not.toContain("<b>&");
    expect(page).not.toMatch(/<small><b>/);
    expect(page).not.toMatch(/https?:|<script|src=|url\(/);
  });

  it.each([
    ["0", "users", "0"],
    ["999", "users", "999"],
    ["1234567.891", "interactions/user", "1,234,567.89"],
    ["-12345", "trades/min", "-12,345"],
    ["0.005", "trades/min", "0.01"],
    ["1751.5", "USD", "1,751.50"],
    ["0", "USD/user", "0.00"],
  ])("shows the value %s %s as %s", (value, unit, shown) => {
    expect(displayValue(value, unit)).toBe(shown);
  });
});

describe("a page instead of JSON", () => {
  it.each([
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
    ["application/json, text/html;q=0.5", false],
    ["text/html;q=0.9, application/json;q=0.4", true],
    ["*/*", false],
    [undefined, false],
  ])("for Accept %s: %s", (accept, html) => {
    expect(prefersHtml(accept)).toBe(html);
  });
});

describe("a value that is kept fresh", () => {
  it("is read once for many callers and again when it is too old", async () => {
    const clock = new FakeClock();
    let reads = 0;
    const fresh = new Fresh(() => Promise.resolve(++reads), 4_000, clock);
    expect((await Promise.all([fresh.get(), fresh.get()])).map((one) => one.value)).toEqual([1, 1]);
    clock.advance(3_999);
    expect((await fresh.get()).value).toBe(1);
    clock.advance(1);
    expect((await fresh.get()).value).toBe(2);
  });

  it("is the last one, with its age, while its source is away", async () => {
    const clock = new FakeClock();
    let isAway = false;
    const fresh = new Fresh(() => (isAway ? Promise.reject(new Error("away")) : Promise.resolve("kpis")), 4_000, clock);
    const first = await fresh.get();
    isAway = true;
    clock.advance(60_000);
    expect(await fresh.get()).toEqual({ value: "kpis", atMs: first.atMs });
  });
});
