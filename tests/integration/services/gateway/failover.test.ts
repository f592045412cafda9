import type { Server } from "node:http";
import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { ask, AT_ONCE, echo, GatewayFixture, type Behaviour, type Upstream } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const PATH = "/api/v1/trading/prices";
const POST = { method: "POST", headers: { "content-type": "application/json" }, body: '{"amount":1000}' };
const status = (code: number, body = "oops"): Behaviour => (_request, response) => void response.writeHead(code).end(body);
const reset: Behaviour = (request) => void request.socket.destroy();
const hang: Behaviour = () => undefined;

/** A gateway with so many instances of trading; they are well but for what a case makes of them. */
async function setUp(instances: number, balance: Partial<typeof AT_ONCE> = {}): Promise<{ gateway: RunningService; all: Upstream[] }> {
  const gateway = await fixture.gateway({}, { balance: { ...AT_ONCE, ...balance } });
  const all: Upstream[] = [];
  for (let number = 1; number <= instances; number += 1) all.push(await fixture.upstream("trading", `trading-${number}`));
  await fixture.knows(gateway, "trading", instances);
  return { gateway, all };
}

/** Each read asks for something else, so that no earlier answer can stand in for it. */
let reading = 0;

/** So many reads one after the other; who answered, and with which status. */
async function reads(gateway: RunningService, count: number): Promise<{ statuses: Set<number>; names: string[] }> {
  const statuses = new Set<number>();
  const names: string[] = [];
  for (let time = 0; time < count; time += 1) {
    reading += 1;
    const answer = await ask(gateway, `${PATH}?read=${reading}`);
    statuses.add(answer.status);
    names.push(String(answer.body["name"] ?? answer.body["code"] ?? answer.body["text"]));
  }
  return { statuses, names };
}

async function metric(gateway: RunningService, name: string, labels: string): Promise<number> {
  const text = await gateway.context.metrics.registry.getSingleMetricAsString(name);
  const line = text.split("\n").find((each) => each.includes(labels) && !each.startsWith("#"));
  return Number(line?.split(" ").at(-1));
}

describe("an instance that fails beside one that is well (R-GW-3)", () => {
  it.each([
    ["resets its connections", reset],
    ["says that it cannot take requests now", status(503)],
    ["hangs", hang],
  ])("and %s costs no read", async (_what, behaviour) => {
    const { gateway, all } = await setUp(2, { firstTryMs: 1_000 });
    all[0]?.behave(behaviour);
    const { statuses, names } = await reads(gateway, 4);
    expect([...statuses]).toEqual([200]);
    expect(new Set(names)).toEqual(new Set(["trading-2"]));
    expect(await metric(gateway, "gateway_retries_total", 'upstream="trading"')).toBeGreaterThan(0);
  });

  it("and breaks off in the middle of an answer is not made up for: the caller has a part of it already", async () => {
    const { gateway, all } = await setUp(1);
    all[0]?.behave((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.socket?.destroy());
    });
    await expect(fetch(`http://127.0.0.1:${gateway.port}${PATH}`).then((response) => response.text())).rejects.toThrow();
    expect(all[0]?.requests).toBe(1);
  });

  it("never gets a write twice", async () => {
    const { gateway, all } = await setUp(2, { ejectAfter: 100 });
    for (const each of all) each.behave(reset);
    for (let time = 0; time < 4; time += 1) expect(await ask(gateway, PATH, POST)).toMatchObject({ status: 502, body: { code: "upstream-failed" } });
    expect(all.map((each) => each.requests)).toEqual([2, 2]);
  });

  it("that is the service's own `no` comes through where all of them say it", async () => {
    const { gateway, all } = await setUp(2);
    for (const each of all) each.behave(status(503, "the service's own words"));
    expect(await ask(gateway, PATH)).toMatchObject({ status: 503, body: { text: "the service's own words" } });
    expect(all.map((each) => each.requests)).toEqual([1, 1]);
  });

  it("is taken out after five errors in a row, shown, and brought back by a probe", async () => {
    const { gateway, all } = await setUp(2, { probeMs: 300 });
    all[0]?.behave(status(500));
    const { names } = await reads(gateway, 20);
    expect(names.filter((name) => name === "oops")).toHaveLength(5);
    expect(await metric(gateway, "gateway_ejections_total", 'upstream="trading",upstream_colour="blue",reason="server-error"')).toBeGreaterThanOrEqual(1);
    all[0]?.behave((request, response) => (request.url === "/health/ready" ? status(503)(request, response) : echo("trading-1")(request, response)));
    const shown = await ask(gateway, "/services");
    const trading = (shown.body["services"] as { service: string; instances: { instance: string; ejected?: string }[] }[]).find((each) => each.service === "trading");
    expect(trading?.instances).toMatchObject([{ instance: "trading-1", ejected: "server-error" }, { instance: "trading-2" }]);
    expect(trading?.instances[1]).not.toHaveProperty("ejected");
    expect(await metric(gateway, "gateway_ejected_instances", 'upstream="trading",upstream_colour="blue"')).toBe(1);
    all[0]?.behave(echo("trading-1"));
    await waitFor("its return", async () => ((await reads(gateway, 2)).names.includes("trading-1") ? true : undefined));
  });

  it("and is gone while reads wait for it keeps none of them waiting (R-GW-3)", async () => {
    const { gateway, all } = await setUp(2, { firstTryMs: 60_000 });
    // It takes requests that it never answers, and from the first one on no further connection.
    all[0]?.behave((request) => void (request.socket as Socket & { readonly server: Server }).server.close());
    const waiting = [1, 2].map((number) => ask(gateway, `${PATH}?waiting=${number}`));
    await waitFor("a read that waits", () => Promise.resolve(all[0]?.requests === 1 ? true : undefined));
    expect([...(await reads(gateway, 2)).statuses]).toEqual([200]);
    expect((await Promise.all(waiting)).map(({ status: code, body }) => [code, body["name"]])).toEqual([[200, "trading-2"], [200, "trading-2"]]);
    expect(all[0]?.requests).toBe(1);
  });

  it("is not made up for beyond the budget of retries", async () => {
    const { gateway, all } = await setUp(2, { retryPercent: 0, retriesPerSecond: 0, ejectAfter: 100 });
    all[0]?.behave(reset);
    const { names } = await reads(gateway, 4);
    expect(names.filter((name) => name === "upstream-failed")).toHaveLength(2);
    expect(await metric(gateway, "gateway_retries_refused_total", 'upstream="trading"')).toBe(2);
  });
});

describe("an instance that has been started again and is not ready yet", () => {
  const starting: Behaviour = (_request, response) => void response.writeHead(503, { "x-astra-untouched": "true" }).end("not ready");

  it("costs no request without a body, whatever its method (R-GW-3)", async () => {
    const { gateway, all } = await setUp(2);
    all[0]?.behave(starting);
    const bare = await Promise.all([1, 2, 3, 4].map(() => ask(gateway, PATH, { method: "POST" })));
    expect(bare.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(new Set((await reads(gateway, 4)).names)).toEqual(new Set(["trading-2"]));
  });

  it("and is the only one of its colour is stood in for by the other colour", async () => {
    const gateway = await fixture.gateway();
    const only = await fixture.upstream("trading", "trading-blue");
    await fixture.upstream("trading", "trading-green", undefined, "green");
    await fixture.knows(gateway, "trading", 2);
    only.behave(starting);
    expect((await ask(gateway, PATH, POST)).status).toBe(503);
    expect(await ask(gateway, PATH, POST)).toMatchObject({ status: 200, body: { name: "trading-green" } });
    only.behave(echo("trading-blue"));
    await waitFor("its return", async () => ((await reads(gateway, 1)).names[0] === "trading-blue" ? true : undefined));
  });
});

describe("an instance that leaves", () => {
  it("gets no request any more while it still listens (R-GW-3)", async () => {
    const { gateway, all } = await setUp(2);
    await reads(gateway, 4);
    await all[0]?.announceLeave();
    await fixture.knows(gateway, "trading", 1);
    const before = all[0]?.requests;
    expect(new Set((await reads(gateway, 10)).names)).toEqual(new Set(["trading-2"]));
    expect(all[0]?.requests).toBe(before);
    const { body } = await ask(gateway, "/services");
    const trading = (body["services"] as { service: string; instances: { instance: string; state: string }[] }[]).find((each) => each.service === "trading");
    expect(trading?.instances.map(({ instance, state }) => [instance, state])).toEqual([["trading-1", "draining"], ["trading-2", "up"]]);
  });
});

describe("the health of the gateway", () => {
  it("names a service whose instances are gone, and one whose breaker is open", async () => {
    const { gateway, all } = await setUp(1);
    const social = await fixture.upstream("social", "social-1", status(500));
    await fixture.knows(gateway, "social", 1);
    for (let time = 0; time < 10; time += 1) await ask(gateway, "/api/v1/social/feed");
    await all[0]?.kill();
    await ask(gateway, PATH);
    const down = async () => (await ask(gateway, "/health")).body["dependencies"] as Record<string, unknown>;
    const dependencies = await waitFor("both on /health", async () => {
      const each = await down();
      return (each["trading"] as { status: string }).status === "down" && (each["social"] as { status: string }).status === "down" ? each : undefined;
    });
    expect(dependencies["trading"]).toEqual({ status: "down", reason: "no instance takes connections", instances: 0 });
    expect(dependencies["social"]).toEqual({ status: "down", reason: "the circuit breaker of blue is open", instances: 1 });
    expect(social.requests).toBe(10);
  });
});

describe("a colour without weight", () => {
  it("takes over from one that nobody listens for any more, before the registry knows (R-GW-3, R-DEP-2)", async () => {
    const gateway = await fixture.gateway();
    const only = await fixture.upstream("trading", "trading-blue");
    await fixture.upstream("trading", "trading-green", undefined, "green");
    await fixture.knows(gateway, "trading", 2);
    expect(new Set((await reads(gateway, 3)).names)).toEqual(new Set(["trading-blue"]));
    await only.kill();
    const { statuses, names } = await reads(gateway, 5);
    expect([...statuses]).toEqual([200]);
    expect(new Set(names)).toEqual(new Set(["trading-green"]));
  });
});
