import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { KPI_TITLES } from "../../../../../services/base/metrics-contract/kpi-titles.ts";
import { dashboardHtml, PAGE_POLICY } from "../../../../../services/gateway/pages/dashboard-html.ts";
import { type Dashboard, dashboardOf, type DashboardSource, type FinancialKpi, type KpiHistory, parseHistory, parseKpis } from "../../../../../services/gateway/pages/kpi.ts";
import { prefersHtml } from "../../../../../services/gateway/pages/prefers-html.ts";

const revenue: FinancialKpi = { name: "revenue", value: "1234.5", unit: "USD", window: "24h", ageSeconds: 1.5, previous: "1000", changePercent: 23.5 };

const history: KpiHistory = {
  from: "1970-01-01T00:00:00.000Z",
  until: "1970-01-01T00:00:30.000Z",
  stepSeconds: 60,
  kpis: [{ name: "revenue", points: ["1", "1234.5"], lastHour: "12.25" }],
};

function dashboard(changes: Partial<DashboardSource> = {}): Dashboard {
  return dashboardOf({ kpis: [revenue], history, readAgoSeconds: 0, unreachableSeconds: 8, now: new Date(100_000), ...changes });
}

describe("the dashboard as JSON (R-GW-1)", () => {
  it("shows how old the data really is: at its source and on the way", () => {
    expect(dashboard({ readAgoSeconds: 2.25 })).toMatchObject({
      generatedAt: "1970-01-01T00:01:40.000Z",
      dataAt: "1970-01-01T00:01:36.200Z",
      ageSeconds: 3.8,
      stale: false,
      staleReason: null,
    });
  });

  it("gives every KPI its title, its last hour and its exact value", () => {
    const { kpis, history: times } = dashboard();
    expect(kpis).toEqual([{ ...revenue, title: "Revenue", points: ["1", "1234.5"], lastHour: "12.25" }]);
    expect(times).toEqual({ from: history.from, until: history.until, stepSeconds: 60 });
  });

  it("has no points where financial tells no history, or none of a KPI", () => {
    expect(dashboard({ history: undefined })).toMatchObject({ history: null, kpis: [{ points: [], lastHour: null }] });
    expect(dashboard({ kpis: [{ ...revenue, name: "unheard_of" }] }).kpis[0]).toMatchObject({ title: "unheard_of", points: [], lastHour: null });
  });

  it.each<[string, Partial<DashboardSource>, Dashboard["staleReason"]]>([
    ["fresh figures", { readAgoSeconds: 8 }, null],
    ["figures that could not be read for too long", { readAgoSeconds: 8.1 }, "financial-unreachable"],
    ["figures of 10 s", { kpis: [{ ...revenue, ageSeconds: 10 }] }, null],
    ["figures that financial itself has no newer of", { kpis: [{ ...revenue, ageSeconds: 10.1 }] }, "financial-without-data"],
  ])("tells why of %s", (_name, changes, reason) => {
    expect(dashboard(changes)).toMatchObject({ stale: reason !== null, staleReason: reason });
  });

  it("refuses an answer of another shape instead of showing nonsense", () => {
    expect(() => parseKpis({ kpis: [{ name: "revenue" }] })).toThrow("another shape");
    expect(() => parseHistory({ ...history, stepSeconds: 0 })).toThrow("another shape");
    expect(parseHistory({ ...history, ageSeconds: 3 }).kpis).toHaveLength(1);
  });
});

describe("the dashboard as a page (R-GW-1)", () => {
  const evil = `</script><script>alert("&'")</script><b>`;

  it("holds a card for each of the eight KPIs, with or without figures", () => {
    for (const page of [dashboardHtml(undefined), dashboardHtml(dashboard())]) {
      for (const [name, title] of Object.entries(KPI_TITLES)) {
        expect(page).toContain(`data-kpi="${name}"`);
        expect(page).toContain(`>${title}</h2>`);
      }
    }
    expect(dashboardHtml(undefined).match(/class="empty"/g)).toHaveLength(8);
    expect(dashboardHtml(dashboard()).match(/class="empty"/g)).toHaveLength(7);
    expect(dashboardHtml(dashboard())).toContain('<span data-slot="value">1,234.50</span> <span data-slot="unit">USD</span>');
  });

  it("says that figures are stale, since when and why", () => {
    const page = dashboardHtml(dashboard({ readAgoSeconds: 60 }));
    expect(page).toContain('data-state="stale"');
    expect(page).toContain("Stale since 1970-01-01 00:00:38 UTC. The financial service cannot be reached.");
    expect(dashboardHtml(dashboard())).toMatch(/id="banner" role="alert" hidden>/);
  });

  it("escapes what it shows, in the page and in its data", () => {
    const page = dashboardHtml(dashboard({ kpis: [{ ...revenue, value: evil, unit: evil, window: evil, previous: evil }] }));
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain("<b>&");
    expect(page.match(/<script/g)).toHaveLength(2);
    const data = /<script type="application\/json" id="first">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    expect(data).not.toMatch(/[<>&]/);
    expect((JSON.parse(data) as Dashboard).kpis[0]?.unit).toBe(evil);
  });

  it("names nothing outside of itself, and its policy lets in exactly its own script and style", () => {
    const page = dashboardHtml(dashboard());
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(addresses.filter((address) => !/^(data:image\/svg|services$|api\/docs$)/.test(address))).toEqual([]);
    expect([...page.matchAll(/https?:\/\/[^'"`) ]*/g)].map(String).filter((address) => !address.startsWith("http://www.w3.org/2000/svg"))).toEqual([]);
    const [style = ""] = /(?<=<style>).*?(?=<\/style>)/s.exec(page) ?? [];
    const [script = ""] = /(?<=<script>).*?(?=<\/script>)/s.exec(page) ?? [];
    const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect(PAGE_POLICY).toContain(`script-src ${hash(script)};`);
    expect(PAGE_POLICY).toContain(`style-src ${hash(style)};`);
    expect(PAGE_POLICY).toMatch(/^default-src 'none';/);
    expect(PAGE_POLICY).not.toContain("unsafe");
    expect(page).not.toMatch(/ style=| on[a-z]+=/);
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
