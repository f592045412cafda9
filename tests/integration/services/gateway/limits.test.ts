import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../../infra/host/docker.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { ask, GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

const as = (user: string): RequestInit => ({ headers: { "x-user-id": user } });
/** A machine under load must not turn a test of the shared count into one of the local count. */
const PATIENT = { limiterMs: 5_000 };
const LIMITS = { perUser: 20, perService: 1000 };

describe("rate limits (R-GW-5)", () => {
  it("refuse exactly calls 201 to 210 of one user, /health included, and say when to come again", async () => {
    const gateway = await fixture.gateway();
    const statuses: number[] = [];
    for (let count = 0; count < 210; count += 1) statuses.push((await ask(gateway, "/health", as("load-test"))).status);
    expect(statuses.slice(0, 200).every((status) => status === 200)).toBe(true);
    expect(statuses.slice(200)).toEqual(Array.from({ length: 10 }, () => 429));
    const refused = await ask(gateway, "/health", as("load-test"));
    expect(refused.body).toMatchObject({ code: "rate-limited", status: 429 });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit-remaining")).toBe("0");
    expect((await ask(gateway, "/health", as("somebody-else"))).status).toBe(200);
    expect((await ask(gateway, "/health")).status).toBe(200);
  });

  it("hold a service against all its callers together", async () => {
    const gateway = await fixture.gateway({ limits: { perUser: 200, perService: 10 } });
    await fixture.upstream("nft", "nft-1");
    await fixture.upstream("social", "social-1");
    await fixture.knows(gateway, "nft", 1);
    await fixture.knows(gateway, "social", 1);
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await ask(gateway, "/api/v1/nft/rewards", as(`user-${count}`))).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
    expect((await ask(gateway, "/api/v1/social/feed")).status).toBe(200);
  });

  it("can be other ones for a route, which is then counted by itself", async () => {
    const routes = [{ method: "POST", path: "/api/v1/nft/x", perUser: 2 }, { method: "*", path: "/api/v1/nft/all/*", perService: 3 }];
    const gateway = await fixture.gateway({ limits: { ...LIMITS, routes } }, PATIENT);
    await fixture.upstream("nft", "nft-1");
    await fixture.knows(gateway, "nft", 1);
    const statuses = async (method: string, path: string, times: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let count = 0; count < times; count += 1) seen.push((await ask(gateway, path, { ...as("picky"), method })).status);
      return seen;
    };
    expect(await statuses("POST", "/api/v1/nft/x", 3)).toEqual([200, 200, 429]);
    expect(await statuses("GET", "/api/v1/nft/x", 3)).toEqual([200, 200, 200]);
    expect(await statuses("GET", "/api/v1/nft/all/1", 4)).toEqual([200, 200, 200, 429]);
  });

  it("are one count for all gateways", async () => {
    const gateways = await Promise.all([fixture.gateway({ limits: LIMITS, instance: "gateway-a" }, PATIENT), fixture.gateway({ limits: LIMITS, instance: "gateway-b" }, PATIENT)]);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(gateways[index % 3 === 0 ? 0 : 1] ?? gateways[0], "/health/live", as("both"))));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(20);
  });

  it("go on locally while Redis does not answer, and nobody gets an error", async () => {
    const gateway = await fixture.gateway({ limits: LIMITS });
    await fixture.upstream("nft", "nft-1");
    await fixture.knows(gateway, "nft", 1);
    for (let count = 0; count < 15; count += 1) await ask(gateway, "/api/v1/nft/rewards", as("steady"));
    await dockerOrFail(["pause", fixture.redisServer.id]);
    try {
      const statuses: number[] = [];
      for (let count = 0; count < 10; count += 1) statuses.push((await ask(gateway, "/api/v1/nft/rewards", as("steady"))).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429, 429, 429]);
      expect((await ask(gateway, "/health/ready")).status).toBe(200);
    } finally {
      await dockerOrFail(["unpause", fixture.redisServer.id]);
    }
    await waitFor("Redis to be asked again", async () => {
      await ask(gateway, "/health/live", as("another"));
      return (await fixture.redis.exists("astra:limit:user:another")) === 0 ? undefined : true;
    });
  });

  it("count nobody by a header in production, and pass none on", async () => {
    const gateway = await fixture.gateway({ mode: "production", limits: { perUser: 1, perService: 1000 } });
    await fixture.upstream("nft", "nft-1");
    await fixture.knows(gateway, "nft", 1);
    for (let count = 0; count < 3; count += 1) {
      const answer = await ask(gateway, "/api/v1/nft/rewards", as("123"));
      expect(answer.status).toBe(200);
      expect(answer.body["headers"]).not.toHaveProperty("x-user-id");
    }
  });
});
