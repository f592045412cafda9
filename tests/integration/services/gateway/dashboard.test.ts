import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../../../support/wait-for.ts";
import { FakeFinancial } from "./dashboard-fixture.ts";
import { ask, GatewayFixture } from "./gateway-fixture.ts";

const AS_BROWSER = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

interface Kpi {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  readonly points: readonly string[];
  readonly lastHour: string | null;
}

describe("R-GW-1 /dashboard", () => {
  it("shows the KPIs of financial and their last hour, to programs and to people", async () => {
    const gateway = await fixture.gateway({}, { dashboardMs: 4_000 });
    await fixture.upstream("financial", "financial-1", new FakeFinancial().behaviour);
    await fixture.knows(gateway, "financial", 1);
    const { status, headers, body } = await ask(gateway, "/dashboard");
    expect([status, headers.get("vary"), headers.get("cache-control")]).toEqual([200, "accept", "no-store"]);
    const kpis = body["kpis"] as Kpi[];
    expect(kpis).toHaveLength(8);
    const volume = kpis.find(({ name }) => name === "traded_volume");
    expect(volume).toMatchObject({ value: "8412390.25", title: "Traded volume", lastHour: "764762.75" });
    expect(volume?.points).toHaveLength(61);
    expect(body).toMatchObject({ stale: false, staleReason: null, history: { stepSeconds: 60 } });

    const page = await ask(gateway, "/dashboard", AS_BROWSER);
    expect([page.status, page.headers.get("content-type"), page.headers.get("x-content-type-options")]).toEqual([200, "text/html; charset=utf-8", "nosniff"]);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(page.body["text"]).toContain("8,412,390.25");
  });

  it("asks financial once for all viewers", async () => {
    const gateway = await fixture.gateway({}, { dashboardMs: 600_000 });
    const financial = await fixture.upstream("financial", "financial-1", new FakeFinancial().behaviour);
    await fixture.knows(gateway, "financial", 1);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(gateway, "/dashboard", index % 2 === 0 ? {} : AS_BROWSER)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    // The figures and their history.
    expect(financial.requests).toBe(2);
  });

  it("keeps the last KPIs with their history, marked stale, while financial is away", async () => {
    const gateway = await fixture.gateway({}, { dashboardMs: 2_000 });
    const financial = await fixture.upstream("financial", "financial-1", new FakeFinancial().behaviour);
    await fixture.knows(gateway, "financial", 1);
    expect((await ask(gateway, "/dashboard")).body["stale"]).toBe(false);
    await financial.kill();
    const stale = await waitFor("a stale dashboard", async () => {
      const { status, body } = await ask(gateway, "/dashboard");
      expect(status).toBe(200);
      return body["stale"] === true ? body : undefined;
    });
    expect(stale["staleReason"]).toBe("financial-unreachable");
    expect((stale["kpis"] as Kpi[])[0]?.points).toHaveLength(61);
    expect((await ask(gateway, "/dashboard", AS_BROWSER)).status).toBe(200);
  });

  it("says that financial has nothing new, where its own database is away", async () => {
    const gateway = await fixture.gateway({}, { dashboardMs: 4_000 });
    const financial = new FakeFinancial();
    financial.ageSeconds = 3_600;
    await fixture.upstream("financial", "financial-1", financial.behaviour);
    await fixture.knows(gateway, "financial", 1);
    const { status, body } = await ask(gateway, "/dashboard");
    expect(status).toBe(200);
    expect(body).toMatchObject({ stale: true, staleReason: "financial-without-data" });
    expect(body["ageSeconds"]).toBeGreaterThanOrEqual(3_600);
  });

  it("shows the figures alone where financial knows no history, as an older version does not", async () => {
    const gateway = await fixture.gateway({}, { dashboardMs: 4_000 });
    const financial = new FakeFinancial();
    financial.hasHistory = false;
    await fixture.upstream("financial", "financial-1", financial.behaviour);
    await fixture.knows(gateway, "financial", 1);
    const { body } = await ask(gateway, "/dashboard");
    expect(body["history"]).toBeNull();
    expect((body["kpis"] as Kpi[]).map(({ points, lastHour }) => [points, lastHour])).toEqual(Array.from({ length: 8 }, () => [[], null]));
  });

  it("tells programs so where there never were any KPIs, and gives people a page that waits for them", async () => {
    const gateway = await fixture.gateway({}, { dashboardMs: 4_000 });
    expect(await ask(gateway, "/dashboard")).toMatchObject({ status: 503, body: { code: "service-unavailable" } });
    const page = await ask(gateway, "/dashboard", AS_BROWSER);
    expect(page.status).toBe(200);
    expect(page.body["text"]).toContain("No figures yet");
  });
});
