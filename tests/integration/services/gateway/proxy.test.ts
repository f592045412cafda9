import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { compareAndSetTrafficTable } from "../../../../services/base/traffic/store.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { ask, GatewayFixture, type Upstream } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const POST = { method: "POST", headers: { "content-type": "application/json" }, body: '{"amount":1000}' };
const breakerOf = (minimumRequests: number, resetMs: number) => ({ windowMs: 10_000, minimumRequests, failurePercent: 50, resetMs, trials: 2 });

describe("a request through the gateway (R-GW-1)", () => {
  it("reaches its service with path, query, body and correlation id, and comes back as it was answered", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("trading", "trading-1");
    await fixture.knows(gateway, "trading", 1);
    const { status, headers, body } = await ask(gateway, "/api/v1/trading/execute?dry=1", { ...POST, headers: { ...POST.headers, "x-correlation-id": "trace-me-123" } });
    expect(status).toBe(200);
    expect(headers.get("x-upstream")).toBe("trading-1");
    expect(headers.get("x-correlation-id")).toBe("trace-me-123");
    expect(body).toMatchObject({ method: "POST", url: "/api/v1/trading/execute?dry=1", body: '{"amount":1000}' });
    expect(body["headers"]).toMatchObject({ "x-correlation-id": "trace-me-123", "content-type": "application/json", "content-length": "15" });
  });

  it("streams a body of unknown length both ways", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("nft", "nft-1", (request, response) => request.pipe(response));
    await fixture.knows(gateway, "nft", 1);
    const parts = Array.from({ length: 50 }, (_, index) => `${index};`.repeat(500));
    const body = new ReadableStream({
      start: (controller) => {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/nft/x`, { method: "POST", body, duplex: "half" } as RequestInit);
    expect(await response.text()).toBe(parts.join(""));
  });

  it("refuses a body that is too large, announced or not, without blaming the service", async () => {
    const gateway = await fixture.gateway({}, { maxBodyBytes: 1000, breaker: breakerOf(1, 30_000) });
    await fixture.upstream("nft", "nft-1");
    await fixture.knows(gateway, "nft", 1);
    expect(await ask(gateway, "/api/v1/nft/x", { method: "POST", body: "x".repeat(1001) })).toMatchObject({ status: 413, body: { code: "body-too-large" } });
    const stream = new ReadableStream({ start: (controller) => (controller.enqueue(new Uint8Array(2000)), controller.close()) });
    expect(await ask(gateway, "/api/v1/nft/x", { method: "POST", body: stream, duplex: "half" } as RequestInit)).toMatchObject({ status: 413 });
    expect((await ask(gateway, "/api/v1/nft/x")).status).toBe(200);
  });

  it("to a path that leads nowhere is 404", async () => {
    const gateway = await fixture.gateway();
    expect(await ask(gateway, "/api/v1/unheard/of")).toMatchObject({ status: 404, body: { code: "not-found" } });
  });
});

describe("instances and colours", () => {
  it("take turns (R-GW-2)", async () => {
    const gateway = await fixture.gateway();
    for (const name of ["trading-1", "trading-2"]) await fixture.upstream("trading", name);
    await fixture.knows(gateway, "trading", 2);
    const names: unknown[] = [];
    for (let count = 0; count < 4; count += 1) names.push((await ask(gateway, "/api/v1/trading/prices")).body["name"]);
    expect(names.slice(0, 2).sort()).toEqual(["trading-1", "trading-2"]);
    expect(names.slice(2)).toEqual(names.slice(0, 2));
  });

  it("get requests by the traffic table, from the moment in which it changes (R-DEP-3)", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("trading", "trading-blue");
    await fixture.upstream("trading", "trading-green", undefined, "green");
    await fixture.knows(gateway, "trading", 2);
    const names = async (): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let count = 0; count < 4; count += 1) seen.push((await ask(gateway, "/api/v1/trading/prices")).body["name"]);
      return seen;
    };
    expect(new Set(await names())).toEqual(new Set(["trading-blue"]));
    const table = gateway.context.traffic.table();
    if (table === undefined) throw new Error("no table");
    await compareAndSetTrafficTable(fixture.redis, table.version, { ...table, version: table.version + 1, weights: { ...table.weights, trading: { blue: 50, green: 50 } } });
    await waitFor("the new table", () => Promise.resolve(gateway.context.traffic.table()?.version === table.version + 1 || undefined));
    expect((await names()).filter((name) => name === "trading-green")).toHaveLength(2);
  });

  it("are chosen by an operator only", async () => {
    const secretsDir = mkdtempSync(join(tmpdir(), "gateway-test-"));
    writeFileSync(join(secretsDir, "operator_token"), "the-operator");
    try {
      const gateway = await fixture.gateway({ secretsDir });
      await fixture.upstream("trading", "trading-blue");
      await fixture.upstream("trading", "trading-green", undefined, "green");
      await fixture.knows(gateway, "trading", 2);
      const pin = (colour: string, token: string) =>
        ask(gateway, "/api/v1/trading/prices", { headers: { "x-astra-colour": colour, "x-astra-operator-token": token } });
      const pinned = await pin("green", "the-operator");
      expect(pinned.body["name"]).toBe("trading-green");
      expect(pinned.body["headers"]).not.toHaveProperty("x-astra-operator-token");
      expect(await pin("green", "guess")).toMatchObject({ status: 403, body: { code: "operator-required" } });
      expect(await pin("red", "the-operator")).toMatchObject({ status: 400 });
    } finally {
      rmSync(secretsDir, { recursive: true });
    }
  });
});

describe("an instance that died without a word (R-GW-3)", () => {
  it("costs no request that another one can take, a POST with a body included", async () => {
    const gateway = await fixture.gateway();
    const [dead] = await Promise.all([fixture.upstream("trading", "trading-1"), fixture.upstream("trading", "trading-2")]);
    await fixture.knows(gateway, "trading", 2);
    await dead.kill();
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(await ask(gateway, "/api/v1/trading/execute", count % 2 === 0 ? POST : {}));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(answers.every((answer) => answer.body["name"] === "trading-2")).toBe(true);
    expect(answers.map((answer) => answer.body["body"])).toEqual([POST.body, "", POST.body, "", POST.body, ""]);
  });

  it("is answered for with a fallback at once where nobody else is there (R-GW-4)", async () => {
    const gateway = await fixture.gateway();
    const only = await fixture.upstream("social", "social-1");
    await fixture.knows(gateway, "social", 1);
    await only.kill();
    const answer = await ask(gateway, "/api/v1/social/feed");
    expect(answer).toMatchObject({ status: 503, body: { code: "service-unavailable" } });
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  it("or was never there is the same to a caller", async () => {
    const gateway = await fixture.gateway();
    expect(await ask(gateway, "/api/v1/social/feed")).toMatchObject({ status: 503, body: { code: "service-unavailable", detail: "social: no instance is running." } });
  });
});

describe("an instance that misbehaves", () => {
  const reset = (upstream: Upstream): void => upstream.behave((request) => request.socket.destroy());

  it("and breaks the connection is asked for a read elsewhere, but never for a write again (R-GW-3)", async () => {
    const gateway = await fixture.gateway();
    const bad = await fixture.upstream("trading", "trading-1");
    await fixture.knows(gateway, "trading", 1);
    reset(bad);
    expect(await ask(gateway, "/api/v1/trading/execute", POST)).toMatchObject({ status: 502, body: { code: "upstream-failed" } });
    expect(bad.requests).toBe(1);
    const good = await fixture.upstream("trading", "trading-2");
    await fixture.knows(gateway, "trading", 2);
    for (let count = 0; count < 4; count += 1) expect((await ask(gateway, "/api/v1/trading/prices")).status).toBe(200);
    expect(good.requests).toBe(4);
  });

  it("and hangs is given up in time, and not asked twice (R-GW-4)", async () => {
    const gateway = await fixture.gateway({}, { answerMs: 200 });
    const hanging = await fixture.upstream("nft", "nft-1", () => undefined);
    await fixture.upstream("nft", "nft-2", () => undefined);
    await fixture.knows(gateway, "nft", 2);
    expect(await ask(gateway, "/api/v1/nft/rewards")).toMatchObject({ status: 504, body: { code: "upstream-timeout" } });
    expect(hanging.requests).toBeLessThanOrEqual(1);
  });

  it("and accepts no connection at all is given up in time", async () => {
    const gateway = await fixture.gateway({}, { answerMs: 300 });
    // A listener whose queue is never served looks like a paused container.
    const blocked = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => blocked.listen(0, "127.0.0.1", resolve));
    const { port } = blocked.address() as AddressInfo;
    await fixture.redis.hset("astra:registry", "nft-1", JSON.stringify({ service: "nft", instance: "nft-1", address: "127.0.0.1", port, colour: "blue", version: "v1", state: "up", weight: 100, startedAt: "", heartbeatAt: Date.now() }));
    await fixture.redis.publish("astra:registry", "nft-1");
    await fixture.knows(gateway, "nft", 1);
    expect(await ask(gateway, "/api/v1/nft/rewards")).toMatchObject({ status: 504 });
    blocked.close();
  });

  it("and ends in the middle of an answer cuts the caller's connection instead of faking an end", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("nft", "nft-1", (_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => response.socket?.destroy());
    });
    await fixture.knows(gateway, "nft", 1);
    const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/nft/rewards`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it("and is left by its caller hears of it", async () => {
    const gateway = await fixture.gateway();
    let gone = false;
    await fixture.upstream("nft", "nft-1", (_request, response) => void response.on("close", () => (gone = true)));
    await fixture.knows(gateway, "nft", 1);
    const socket = connect(gateway.port, "127.0.0.1", () => socket.write("GET /api/v1/nft/rewards HTTP/1.1\r\nHost: x\r\n\r\n"));
    await waitFor("the request", async () => ((await gateway.context.metrics.registry.getSingleMetricAsString("gateway_upstream_requests_total")) !== "" ? true : undefined));
    setTimeout(() => socket.destroy(), 100);
    await waitFor("the end at the service", () => Promise.resolve(gone || undefined));
    expect(gateway.app.server.listening).toBe(true);
  });
});

describe("the circuit breaker (R-GW-4)", () => {
  it("opens on server errors, answers by itself, and closes when the service is well again", async () => {
    const gateway = await fixture.gateway({}, { breaker: breakerOf(5, 500) });
    const upstream = await fixture.upstream("trading", "trading-1", (_request, response) => response.writeHead(500).end("oops"));
    await fixture.knows(gateway, "trading", 1);
    for (let count = 0; count < 5; count += 1) expect(await ask(gateway, "/api/v1/trading/prices")).toMatchObject({ status: 500, body: { text: "oops" } });
    const refused = await ask(gateway, "/api/v1/trading/prices");
    expect(refused).toMatchObject({ status: 503, body: { code: "circuit-open" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(upstream.requests).toBe(5);
    expect(await gateway.context.metrics.registry.getSingleMetricAsString("gateway_breaker_state")).toMatch(/upstream="trading",upstream_colour="blue",state="open"[^}]*\} 1\n/);

    upstream.behave((_request, response) => void response.end("well"));
    await waitFor("recovery", async () => ((await ask(gateway, "/api/v1/trading/prices")).status === 200 ? true : undefined));
    expect((await ask(gateway, "/api/v1/trading/prices")).status).toBe(200);
  });

  it("does not count what callers are to blame for", async () => {
    const gateway = await fixture.gateway({}, { breaker: breakerOf(3, 30_000) });
    await fixture.upstream("trading", "trading-1", (_request, response) => response.writeHead(422).end());
    await fixture.knows(gateway, "trading", 1);
    for (let count = 0; count < 10; count += 1) expect((await ask(gateway, "/api/v1/trading/prices")).status).toBe(422);
  });
});
