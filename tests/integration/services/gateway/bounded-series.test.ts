import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ask, GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

it("the gateway has no more series after hundreds of random paths, users and hosts than after the first (R-GW-1)", async () => {
  const gateway = await fixture.gateway({ limits: { perUser: 1_000_000, perService: 1_000_000 } });
  await fixture.upstream("trading", "trading-1");
  await fixture.knows(gateway, "trading", 1);
  const askEverywhere = async (what: string): Promise<void> => {
    for (const path of [`/api/v1/trading/${what}`, `/api/v1/social/${what}?x=${what}`, `/api/v1/${what}`, `/${what}`, `/services/${what}`]) {
      await ask(gateway, path, { headers: { "x-user-id": what, "x-correlation-id": what, "user-agent": what } });
    }
  };
  const series = async (): Promise<number> => (await gateway.context.metrics.registry.metrics()).split("\n").filter((line) => !line.startsWith("#")).length;
  await askEverywhere("first-of-all");
  const before = await series();
  expect(before).toBeGreaterThan(100);
  for (let time = 0; time < 60; time += 1) await askEverywhere(randomUUID());
  expect(await series()).toBe(before);
});
