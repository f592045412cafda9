import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../../infra/host/docker.ts";
import { domainServices } from "../../../../services/catalogue.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { ask, GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

describe("the gateway's own pages (R-GW-1)", () => {
  it("name every dependency on /health, and are degraded without a service", async () => {
    const gateway = await fixture.gateway();
    for (const { name } of domainServices.slice(1)) await fixture.upstream(name, `${name}-1`);
    await fixture.knows(gateway, "nft", 1);
    const { status, body } = await ask(gateway, "/health");
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "degraded", service: "gateway" });
    const dependencies = body["dependencies"] as Record<string, { status: string; instances?: number }>;
    expect(Object.keys(dependencies)).toEqual(["redis", "registry", ...domainServices.map((service) => service.name)]);
    expect(dependencies["nft"]).toMatchObject({ status: "up", instances: 1 });
    expect(dependencies["user"]).toEqual({ status: "down", reason: "no instance is running" });
    await fixture.upstream("user", "user-1");
    await waitFor("all services", async () => ((await ask(gateway, "/health")).body["status"] === "ok" ? true : undefined));
  });

  it("show every instance on /services", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("trading", "trading-1");
    await fixture.knows(gateway, "trading", 1);
    const { body } = await ask(gateway, "/services");
    const services = body["services"] as { service: string; status: string }[];
    expect(services.map((service) => service.service)).toEqual(domainServices.map((service) => service.name));
    expect(services.find((service) => service.service === "trading")).toMatchObject({
      status: "healthy",
      route: "/api/v1/trading",
      breakers: { blue: "closed", green: "closed" },
      weights: { blue: 100, green: 0 },
      instances: [{ instance: "trading-1", state: "up", colour: "blue", version: "v1", weight: 100, breaker: "closed" }],
    });
    expect(services.find((service) => service.service === "nft")).toMatchObject({ status: "unavailable", instances: [] });
    expect(body["gateways"]).toHaveLength(1);
  });

  it("merge the API documents of all services on /api/docs (R-SVC-4)", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("nft", "nft-1", (_request, response) => void response.end(JSON.stringify({ paths: { "/api/v1/nft/rewards": { get: {} } } })));
    await fixture.knows(gateway, "nft", 1);
    const { body } = await ask(gateway, "/api/docs");
    expect(Object.keys(body["paths"] as object)).toEqual(["/services", "/dashboard", "/api/docs", "/api/v1/nft/rewards"]);
    expect(body["x-unavailable"]).toEqual(["financial", "gamification", "social", "trading", "user"]);
  });

  it("go on answering while Redis is away, from the last registry (R-GW-2)", async () => {
    const gateway = await fixture.gateway();
    await fixture.upstream("nft", "nft-1");
    await fixture.knows(gateway, "nft", 1);
    await dockerOrFail(["pause", fixture.redisServer.id]);
    try {
      await waitFor("the degraded state", async () => ((await ask(gateway, "/health")).body["dependencies"] as { redis: { status: string } }).redis.status === "down" || undefined);
      expect((await ask(gateway, "/health")).status).toBe(200);
      expect((await ask(gateway, "/api/v1/nft/rewards")).status).toBe(200);
    } finally {
      await dockerOrFail(["unpause", fixture.redisServer.id]);
    }
  });
});
