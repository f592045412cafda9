import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { compareAndSetTrafficTable } from "../../../../services/base/traffic/store.ts";
import { GATEWAY_TUNING } from "../../../../services/gateway/tuning.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { ask, echo, GatewayFixture, type Answer, type Behaviour } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const PATH = "/api/v1/trading/prices";
const FAST = { breaker: { ...GATEWAY_TUNING.breaker, minimumRequests: 3, trials: 2 } };
const fails: Behaviour = (_request, response) => void response.writeHead(500).end();

async function askTimes(gateway: RunningService, count: number, init: RequestInit = {}): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < count; time += 1) answers.push(await ask(gateway, PATH, init));
  return answers;
}

/** Gives trading these weights and waits until the gateway has them. */
async function setWeights(gateway: RunningService, blue: number, green: number): Promise<void> {
  const table = gateway.context.traffic.table();
  if (table === undefined) throw new Error("no table");
  const version = table.version + 1;
  await compareAndSetTrafficTable(fixture.redis, table.version, { ...table, version, weights: { ...table.weights, trading: { blue, green } } });
  await waitFor("the new table", () => Promise.resolve(gateway.context.traffic.table()?.version === version || undefined));
}

describe("the breaker of a colour (R-GW-4)", () => {
  const bothColours = async () => {
    const gateway = await fixture.gateway({}, FAST);
    const blue = await fixture.upstream("trading", "trading-blue");
    const green = await fixture.upstream("trading", "trading-green", fails, "green");
    await fixture.knows(gateway, "trading", 2);
    return { gateway, blue, green };
  };

  it("keeps a bad release from the users: its share goes to the colour that is well", async () => {
    const { gateway, green } = await bothColours();
    await setWeights(gateway, 50, 50);
    const answers = await askTimes(gateway, 20);
    expect(answers.filter((answer) => answer.status === 500)).toHaveLength(3);
    expect(answers.slice(-10).every((answer) => answer.body["name"] === "trading-blue")).toBe(true);
    expect(green.requests).toBe(3);
    const { body } = await ask(gateway, "/services");
    expect((body["services"] as { service: string; breakers: unknown }[]).find((each) => each.service === "trading")?.breakers).toEqual({ blue: "closed", green: "open" });
  });

  it("sends nothing to a colour without weight, however ill the other is", async () => {
    const { gateway, blue, green } = await bothColours();
    blue.behave(fails);
    await askTimes(gateway, 3);
    expect((await askTimes(gateway, 3)).map((answer) => answer.body["code"])).toEqual(["circuit-open", "circuit-open", "circuit-open"]);
    expect(green.requests).toBe(0);
  });

  it("tries at once when a new instance comes, instead of waiting for the end of its pause", async () => {
    const gateway = await fixture.gateway({}, FAST);
    const dead = await fixture.upstream("trading", "trading-1");
    await fixture.knows(gateway, "trading", 1);
    await dead.kill();
    await askTimes(gateway, 5);
    expect((await ask(gateway, PATH)).body["code"]).toBe("circuit-open");
    await fixture.upstream("trading", "trading-2");
    await fixture.knows(gateway, "trading", 2);
    expect((await askTimes(gateway, 4)).map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  });
});

describe("an earlier answer instead of a problem (R-GW-4)", () => {
  const as = (user: string): RequestInit => ({ headers: { "x-user-id": user } });

  const ill = async (behaviour: Behaviour) => {
    const gateway = await fixture.gateway({}, { ...FAST, stale: { ...GATEWAY_TUNING.stale, refreshMs: 0 } });
    const upstream = await fixture.upstream("trading", "trading-1", behaviour);
    await fixture.knows(gateway, "trading", 1);
    expect((await ask(gateway, PATH, as("ann"))).status).toBe(200);
    await upstream.kill();
    return gateway;
  };

  it("is given for a read to the user who got it, marked as stale with its age and the reason", async () => {
    const gateway = await ill(echo("trading-1"));
    const answer = await ask(gateway, PATH, { headers: { "x-user-id": "ann", "x-correlation-id": "second-time" } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ name: "trading-1" });
    expect(answer.headers.get("x-astra-stale-reason")).toBe("service-unavailable");
    expect(Number(answer.headers.get("x-astra-stale"))).toBeGreaterThanOrEqual(1);
    expect(answer.headers.get("age")).toBe(answer.headers.get("x-astra-stale"));
    expect(answer.headers.get("warning")).toBe('110 - "Response is Stale"');
    expect(answer.headers.get("x-correlation-id")).toBe("second-time");
    await askTimes(gateway, 3, as("bob"));
    expect((await ask(gateway, PATH, as("ann"))).headers.get("x-astra-stale-reason")).toBe("circuit-open");
    expect(await gateway.context.metrics.registry.getSingleMetricAsString("gateway_stale_answers_total")).toMatch(/upstream="trading"[^}]*\} 2\n/);
  });

  it("is given to nobody else, for no other path and for no write", async () => {
    const gateway = await ill(echo("trading-1"));
    const problem = { status: 503, body: { code: "service-unavailable" } };
    expect(await ask(gateway, PATH, as("bob"))).toMatchObject(problem);
    expect(await ask(gateway, `${PATH}?symbol=BTC`, as("ann"))).toMatchObject(problem);
    expect(await ask(gateway, PATH, { ...as("ann"), method: "POST", body: "x" })).toMatchObject({ status: 503 });
  });

  it.each([
    ["sets a cookie", { "set-cookie": "session=1" }],
    ["is for one person's eyes", { "cache-control": "private, max-age=60" }],
    ["must not be stored", { "cache-control": "no-store" }],
    ["depends on what is not known", { vary: "x-unheard-of" }],
  ])("is never one that %s", async (_what, headers) => {
    const gateway = await ill((_request, response) => void response.writeHead(200, headers).end("{}"));
    expect(await ask(gateway, PATH, as("ann"))).toMatchObject({ status: 503 });
  });
});

describe("a caller who is refused", () => {
  it("can tell by the code who said no: breaker, limit, time, or the service itself (R-GW-4)", async () => {
    const gateway = await fixture.gateway({ limits: { perUser: 1, perService: 1000 } }, { ...FAST, answerMs: 200 });
    const upstream = await fixture.upstream("trading", "trading-1", () => undefined);
    await fixture.knows(gateway, "trading", 1);
    const timedOut = await ask(gateway, PATH);
    upstream.behave((_request, response) => void response.writeHead(503, { "content-type": "application/problem+json" }).end('{"code":"dependency-unavailable"}'));
    const saidNo = await ask(gateway, PATH);
    await askTimes(gateway, 1);
    const refused = await ask(gateway, PATH);
    await ask(gateway, "/services", { headers: { "x-user-id": "ann" } });
    const limited = await ask(gateway, "/services", { headers: { "x-user-id": "ann" } });
    expect([timedOut, saidNo, refused, limited].map((answer) => [answer.status, answer.body["code"]])).toEqual([
      [504, "upstream-timeout"],
      [503, "dependency-unavailable"],
      [503, "circuit-open"],
      [429, "rate-limited"],
    ]);
    for (const answer of [timedOut, refused, limited]) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
      expect(answer.body["correlationId"]).toBe(answer.headers.get("x-correlation-id"));
    }
  });
});
