import { Decimal } from "decimal.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayAmount } from "../../../../../services/gateway/pages/dashboard-client/amount.ts";
import { pointsOf, shapeOf } from "../../../../../services/gateway/pages/dashboard-client/chart-shape.ts";
import { fleetOf } from "../../../../../services/gateway/pages/dashboard-client/fleet.ts";
import { dashboardHtml } from "../../../../../services/gateway/pages/dashboard-html.ts";
import { dashboardOf, parseHistory, parseKpis } from "../../../../../services/gateway/pages/kpi.ts";
import { prefersHtml } from "../../../../../services/gateway/pages/prefers-html.ts";

/** The same cases in every run. */
const RUNS = { seed: 4711, numRuns: 300 };

const markup = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("</script>", "<!--", "<script>", "\u2028", `"'&<>`, "</style><b>", "]]>", "\\u003c"),
);
const hostile = fc.array(markup, { maxLength: 4 }).map((parts) => parts.join(""));

const kpi = fc.record({
  name: fc.oneof(hostile, fc.constantFrom("revenue", "traded_volume", "__proto__", "constructor")),
  value: hostile,
  unit: hostile,
  window: hostile,
  ageSeconds: fc.double({ min: 0, max: 1e9, noNaN: true }),
  previous: hostile,
  changePercent: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
});

describe("R-GW-1 whatever comes", () => {
  it("the page has no markup but its own, and its data comes out as it went in", () => {
    fc.assert(
      fc.property(fc.array(kpi, { maxLength: 10 }), fc.boolean(), (kpis, isOld) => {
        const dashboard = dashboardOf({ kpis, readAgoSeconds: isOld ? 60 : 0, unreachableSeconds: 8, now: new Date(0) });
        const page = dashboardHtml(dashboard);
        const tags = (name: string): number => page.match(new RegExp(`<${name}[\\s>]`, "gi"))?.length ?? 0;
        expect([tags("script"), tags("style"), tags("li"), tags("b"), tags("h2")]).toEqual([2, 1, 9, 1, 9]);
        const data = /id="first">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
        expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(dashboard)));
      }),
      RUNS,
    );
  });

  it("an amount is shown as it is when rounded to two places", () => {
    const decimal = fc.tuple(fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n }), fc.nat({ max: 6 })).map(([digits, places]) => new Decimal(digits.toString()).div(new Decimal(10).pow(places)));
    fc.assert(
      fc.property(decimal, (amount) => {
        const shown = displayAmount(amount.toFixed(), "USD");
        const rounded = amount.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
        if (rounded.abs().gte(1e9)) expect(shown).toMatch(/^-?\d+\.\d{3} bn$/);
        else expect(shown.replaceAll(",", "")).toBe(rounded.isZero() ? "0.00" : rounded.toFixed(2));
      }),
      RUNS,
    );
  });

  it("answers of other shapes are refused or made the best of, and never end in a crash", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ services: fc.jsonValue(), gateways: fc.jsonValue(), kpis: fc.jsonValue() })), (answer) => {
        expect(Array.isArray(fleetOf(answer))).toBe(true);
        for (const parse of [parseKpis, parseHistory]) {
          try {
            parse(answer);
          } catch (error) {
            expect((error as Error).message).toContain("another shape");
          }
        }
      }),
      RUNS,
    );
  });

  it("a chart has only places inside of its box", () => {
    const times = { from: "2026-01-01T00:00:00.000Z", until: "2026-01-01T01:00:00.000Z", stepSeconds: 60 };
    const value = fc.oneof(fc.double({ min: -1e15, max: 1e15 }).map(String), fc.string());
    fc.assert(
      fc.property(fc.array(value, { maxLength: 61 }), fc.integer({ min: 1, max: 4_000 }), (values, width) => {
        for (const { x, y } of shapeOf(pointsOf(values, times), { width, height: 96, padding: 17 }).places) {
          expect(x >= 0 && x <= width && y >= 17 && y <= 79).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("an Accept header is a wish for a page or for data", () => {
    const part = fc.tuple(fc.constantFrom("text/html", "application/json", "*/*", ""), fc.string(), fc.constantFrom("", ";q=", ";q=0.5", ";q=-1", ";q=x"));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const accept = parts.map((each) => each.join("")).join(",");
        expect(typeof prefersHtml(accept)).toBe("boolean");
        if (!accept.toLowerCase().includes("text/html")) expect(prefersHtml(accept)).toBe(false);
      }),
      RUNS,
    );
  });
});
