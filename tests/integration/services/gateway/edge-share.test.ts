import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { waitFor } from "../../../support/wait-for.ts";
import { GatewayFixture } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

it("two gateways of a colour ask the edge for as much together as one did alone (R-DEP-3)", async () => {
  const first = await fixture.gateway();
  const share = (gateway: typeof first): number => gateway.context.traffic.instanceShare("gateway", "blue");
  expect(share(first)).toBe(100);
  const second = await fixture.gateway();
  await waitFor("half each", () => Promise.resolve((share(first) === 50 && share(second) === 50) || undefined));
  await second.stop();
  await waitFor("the whole again", () => Promise.resolve(share(first) === 100 || undefined));
});
