import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../../../infra/host/paths.ts";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { type RunningService, startService } from "../../../../services/base/service.ts";
import { financial } from "../../../../services/financial/service.ts";
import { gatewayService } from "../../../../services/gateway/service.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, watchedPage } from "../../../support/browser.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { waitFor } from "../../../support/wait-for.ts";

const chromium = findChromium();
let domain: DomainService;
let gateway: RunningService;
let browser: Browser;

beforeAll(async () => {
  if (chromium === undefined) return;
  domain = await startDomainService(financial);
  gateway = await startService(gatewayService(), {
    ...domain.service.context.config,
    service: "gateway",
    instance: "gateway-test",
    port: 0,
    agentPort: 0,
  });
  browser = await launchBrowser(chromium);
});
afterAll(async () => {
  if (chromium === undefined) return;
  await browser.close();
  await gateway.stop();
  await domain.stop();
});

describe("R-GW-1 the dashboard of a running platform", { timeout: 180_000 }, () => {
  beforeEach(({ skip }) => {
    if (chromium === undefined) skip(NO_CHROMIUM);
  });

  it("shows a trade in its figures and in its chart without being loaded again", async () => {
    await waitFor("financial in the gateway's registry", () => Promise.resolve(gateway.context.registry.takers("financial").blue[0]));
    const { page, complaints, origins } = await watchedPage(browser, { viewport: { width: 1280, height: 900 } });
    const address = `http://127.0.0.1:${gateway.port}`;
    await page.goto(`${address}/dashboard`);
    const slot = (kpi: string, which: string) => page.locator(`[data-kpi="${kpi}"] [data-slot="${which}"]`);
    await waitFor("the first figures", async () => ((await slot("traded_volume", "value").innerText()) === "0.00" ? true : undefined));
    expect(await slot("traded_volume", "hour").innerText()).toBe("No trades in this hour yet");

    await domain.emit(tradeExecuted, {
      tradeId: "t1",
      positionId: "p1",
      userId: 123,
      symbol: "BTC/USD",
      direction: "LONG",
      amount: "2500.50",
      price: "50000",
      quantity: "0.05001",
      fee: "2.63",
    });
    await waitFor("the trade on the page", async () => ((await slot("traded_volume", "value").innerText()) === "2,500.50" ? true : undefined));
    await waitFor("the trade in the hour", async () => ((await slot("traded_volume", "hour").innerText()) === "2,500.50 USD in the last hour" ? true : undefined));
    expect(await slot("revenue", "value").innerText()).toBe("2.63");
    expect(await slot("daily_active_users", "value").innerText()).toBe("1");
    expect(await slot("traded_volume", "change").innerText()).toBe("new");
    await slot("traded_volume", "chart").focus();
    await page.keyboard.press("End");
    expect(await slot("traded_volume", "chart").locator(".tip b").innerText()).toBe("2,500.50 USD");
    mkdirSync(join(PROJECT_ROOT, ".astra", "screenshots"), { recursive: true });
    await page.screenshot({ path: join(PROJECT_ROOT, ".astra", "screenshots", "dashboard-trade.png"), fullPage: true });
    expect(complaints).toEqual([]);
    expect([...origins].filter((origin) => origin !== "data:")).toEqual([address]);
  });
});
