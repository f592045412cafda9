import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";
import type { RunningService } from "../../../../services/base/service.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, type WatchedPage, watchedPage } from "../../../support/browser.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { FakeFinancial } from "./dashboard-fixture.ts";
import { GatewayFixture, type Upstream } from "./gateway-fixture.ts";

/** For eyes; nothing compares them. */
const PICTURES = join(PROJECT_ROOT, ".astra", "screenshots");
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const chromium = findChromium();
let fixture: GatewayFixture;
let browser: Browser;
let gateway: RunningService;
let financial: FakeFinancial;
let upstream: Upstream;
const opened: WatchedPage[] = [];

beforeAll(async () => {
  if (chromium === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  fixture = await GatewayFixture.create();
  browser = await launchBrowser(chromium);
});
afterEach(async () => {
  if (chromium === undefined) return;
  for (const { context } of opened.splice(0)) await context.close();
  await fixture.reset();
});
afterAll(async () => {
  if (chromium === undefined) return;
  await browser.close();
  await fixture.close();
});

async function startPlatform(): Promise<void> {
  gateway = await fixture.gateway({}, { dashboardMs: 1_000 });
  financial = new FakeFinancial();
  upstream = await fixture.upstream("financial", "financial-1", financial.behaviour);
  await fixture.upstream("trading", "trading-1");
  await fixture.upstream("trading", "trading-2", undefined, "green");
  for (const name of ["user", "gamification", "social"]) await fixture.upstream(name, `${name}-1`);
  await fixture.knows(gateway, "social", 1);
  await fixture.knows(gateway, "financial", 1);
}

async function open(options: Parameters<typeof watchedPage>[1]): Promise<WatchedPage> {
  const watched = await watchedPage(browser, options);
  opened.push(watched);
  await watched.page.goto(`http://127.0.0.1:${gateway.port}/dashboard`);
  return watched;
}

const picture = (name: string): string => join(PICTURES, `dashboard-${name}.png`);

function textOf({ page }: WatchedPage, kpi: string, slot: string): Promise<string> {
  return page.locator(`[data-kpi="${kpi}"] [data-slot="${slot}"]`).innerText();
}

function expectQuiet({ complaints, origins }: WatchedPage): void {
  expect(complaints).toEqual([]);
  expect([...origins].filter((origin) => origin !== "data:")).toEqual([`http://127.0.0.1:${gateway.port}`]);
}

// The page asks every 5 s, and calls figures stale after 15 s.
describe("R-GW-1 the dashboard in a browser", { timeout: 180_000 }, () => {
  beforeEach(({ skip }) => {
    if (chromium === undefined) skip(NO_CHROMIUM);
  });

  it.each([
    ["light", DESKTOP, "desktop"],
    ["dark", DESKTOP, "desktop"],
    ["light", PHONE, "phone"],
    ["dark", PHONE, "phone"],
  ] as const)("shows eight KPIs with their charts and the services, %s on %j", async (colorScheme, viewport, device) => {
    await startPlatform();
    const watched = await open({ colorScheme, viewport });
    const { page } = watched;
    await page.locator("#fleet [data-service]").first().waitFor();
    expect(await page.locator("[data-kpi]").count()).toBe(8);
    expect(await page.locator("[data-kpi] svg path.line").count()).toBe(8);
    expect(await textOf(watched, "traded_volume", "value")).toBe("8,412,390.25");
    expect(await textOf(watched, "traded_volume", "change")).toBe("▲ 18.5 %");
    expect(await textOf(watched, "new_registrations", "change")).toBe("▼ 7.4 %");
    expect(await textOf(watched, "nft_marketplace_volume", "hour")).toBe("No NFT sales in this hour yet");
    expect(await page.locator("#state").innerText()).toBe("Live");
    expect(await page.locator("#fleet [data-service='nft'] .words").innerText()).toBe("not running");
    expect(await page.locator("#fleet [data-service='trading'] .instances").innerText()).toBe("1 blue · 1 green");
    // Nothing is wider than the screen.
    expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
    const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(paper).toBe(colorScheme === "dark" ? "rgb(11, 15, 21)" : "rgb(244, 246, 250)");
    await page.screenshot({ path: picture(`${device}-${colorScheme}`), fullPage: device === "desktop" });
    expectQuiet(watched);
  });

  it("follows the figures by itself, and says so when they stop coming without wiping them", async () => {
    await startPlatform();
    const watched = await open({ viewport: DESKTOP });
    const { page } = watched;
    expect(await textOf(watched, "new_registrations", "value")).toBe("214");
    financial.more = 6;
    await waitFor("the new figure", async () => ((await textOf(watched, "new_registrations", "value")) === "220" ? true : undefined));
    expectQuiet(watched);

    await upstream.kill();
    await waitFor("the word of stale figures", async () => ((await page.locator("#banner").innerText()).includes("The financial service cannot be reached") ? true : undefined));
    expect(await page.locator("#state").innerText()).toMatch(/^Stale since \d\d:\d\d:\d\d$/);
    expect(await textOf(watched, "new_registrations", "value")).toBe("220");
    await page.screenshot({ path: picture("stale"), fullPage: true });
    expect(watched.complaints).toEqual([]);
  });

  it("says that the gateway cannot be reached, and keeps its figures", async () => {
    await startPlatform();
    const watched = await open({ viewport: DESKTOP, colorScheme: "dark" });
    const { page, context } = watched;
    await context.setOffline(true);
    await waitFor("the word of the gateway", async () => ((await page.locator("#banner").innerText()).includes("The gateway cannot be reached") ? true : undefined), 60_000);
    expect(await textOf(watched, "revenue", "value")).toBe("9,871.42");
    await page.screenshot({ path: picture("unreachable"), fullPage: true });
    await context.setOffline(false);
    await waitFor("live figures", async () => ((await page.locator("#state").innerText()) === "Live" ? true : undefined));
    expect(await page.locator("#banner").isHidden()).toBe(true);
  });

  it("tells value and time of a minute under the pointer and by arrow keys", async () => {
    await startPlatform();
    const watched = await open({ viewport: DESKTOP });
    const { page } = watched;
    const chart = page.locator('[data-kpi="traded_volume"] [data-slot="chart"]');
    await chart.hover();
    expect(await chart.locator(".tip").innerText()).toMatch(/^[\d,]+\.\d\d USD\s+\d\d:\d\d$/);
    await page.screenshot({ path: picture("tooltip") });
    await page.mouse.move(0, 0);
    expect(await chart.locator(".tip").count()).toBe(0);
    await chart.focus();
    await page.keyboard.press("End");
    expect(await chart.locator(".tip b").innerText()).toBe("8,412,390.25 USD");
    await page.keyboard.press("Home");
    expect(await chart.locator(".tip b").innerText()).not.toBe("8,412,390.25 USD");
    expect(await chart.getAttribute("aria-label")).toContain("Traded volume over the last hour: between");
    expectQuiet(watched);
  });

  it("is there before any figures are, and fills itself when they come; without a history it has no charts", async () => {
    gateway = await fixture.gateway({}, { dashboardMs: 1_000 });
    const watched = await open({ viewport: DESKTOP });
    const { page } = watched;
    await waitFor("the word of waiting", async () => ((await page.locator("#banner").innerText()).startsWith("No figures yet.") ? true : undefined));
    expect(await page.locator("[data-kpi].empty").count()).toBe(8);
    await page.screenshot({ path: picture("empty"), fullPage: true });
    financial = new FakeFinancial();
    financial.hasHistory = false;
    await fixture.upstream("financial", "financial-1", financial.behaviour);
    await waitFor("figures", async () => ((await page.locator("[data-kpi].empty").count()) === 0 ? true : undefined));
    expect(await textOf(watched, "revenue", "value")).toBe("9,871.42");
    expect(await textOf(watched, "revenue", "chart")).toBe("The last hour is not known yet");
    await page.screenshot({ path: picture("no-history"), fullPage: true });
  });
});
