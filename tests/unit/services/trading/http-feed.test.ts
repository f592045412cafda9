import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { HttpFeed } from "../../../../services/trading/feed/http-feed.ts";
import { instruments } from "../../../../services/trading/instruments.ts";

const [instrument] = instruments;
if (!instrument) throw new Error("there has to be an instrument");
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function priceApi(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}/api`;
}

function feedOf(url: string, clock = { now: () => 0 }, onBreaker?: (open: boolean) => void): HttpFeed {
  const feed = new HttpFeed({ url, clock, timeoutMs: 500, ...(onBreaker ? { onBreaker } : {}) });
  closing.push(() => feed.close());
  return feed;
}

describe("HttpFeed (R-SVC-1)", () => {
  it("reads price and time of a ticker below the configured address", async () => {
    const asked: string[] = [];
    const url = await priceApi((request, response) => {
      asked.push(request.url ?? "");
      response.end(JSON.stringify({ price: "64000.12345678", time: "2025-01-31T12:00:00.500Z" }));
    });
    const quote = await feedOf(url).quote(instrument);
    expect(asked).toEqual(["/api/products/BTC-USD/ticker"]);
    expect([quote.price.toFixed(), quote.atMs]).toEqual(["64000.12345678", 1738324800500]);
  });

  it("asks once for all who ask at the same time, and again when the answer is no longer new", async () => {
    let asked = 0;
    let now = 0;
    const url = await priceApi((_request, response) => {
      asked += 1;
      response.end(JSON.stringify({ price: String(asked) }));
    });
    const feed = feedOf(url, { now: () => now });
    await Promise.all([feed.quote(instrument), feed.quote(instrument)]);
    now = 499;
    expect((await feed.quote(instrument)).price.toFixed()).toBe("1");
    now = 500;
    expect((await feed.quote(instrument)).price.toFixed()).toBe("2");
    expect(asked).toBe(2);
  });

  it.each(['{"price":64000.1}', '{"price":"0"}', '{"price":"-1"}', '{"price":"1e9"}', "[]", "null", "not JSON"])(
    "takes no price from %s",
    async (body) => {
      const feed = feedOf(await priceApi((_request, response) => response.end(body)));
      await expect(feed.quote(instrument)).rejects.toThrow("no price of BTC/USD can be had now");
    },
  );

  it("gives the last price, with its old time, while the API fails", async () => {
    let now = 0;
    let broken = false;
    const url = await priceApi((_request, response) => {
      if (broken) response.statusCode = 500;
      response.end('{"price":"5"}');
    });
    const feed = feedOf(url, { now: () => now });
    await feed.quote(instrument);
    broken = true;
    now = 10_000;
    expect(await feed.quote(instrument)).toMatchObject({ atMs: 0 });
  });

  it("stops asking an API that fails again and again, and says so", async () => {
    let asked = 0;
    const breaker: boolean[] = [];
    const url = await priceApi((_request, response) => {
      asked += 1;
      response.statusCode = 503;
      response.end();
    });
    const feed = feedOf(url, { now: () => 0 }, (open) => breaker.push(open));
    for (let n = 0; n < 10; n += 1) await expect(feed.quote(instrument)).rejects.toThrow();
    expect(breaker).toEqual([true]);
    expect(asked).toBeLessThan(10);
  });
});
