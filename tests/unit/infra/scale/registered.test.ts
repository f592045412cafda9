import { expect, test } from "vitest";
import type { Instance } from "../../../../services/base/registry/instance.ts";
import { takers } from "../../../../infra/scale/registered.ts";

const NOW = 1_000_000;
const instance: Instance = {
  service: "user",
  instance: "astra-dev-blue-user-1",
  address: "10.0.0.2",
  port: 8006,
  colour: "blue",
  version: "v1",
  state: "up",
  weight: 100,
  startedAt: "2026-11-21T00:00:00.000Z",
  heartbeatAt: NOW - 1_000,
};

test("instances count as registered while they take requests and their heart beats (R-GW-2)", () => {
  const all: readonly Instance[] = [
    instance,
    { ...instance, instance: "draining", state: "draining" },
    { ...instance, instance: "dead", heartbeatAt: NOW - 10_001 },
    { ...instance, instance: "green", colour: "green" },
    { ...instance, instance: "other", service: "nft" },
  ];
  expect(takers(all, "user", "blue", NOW).map((one) => one.instance)).toEqual(["astra-dev-blue-user-1"]);
  expect(takers(all, "user", "green", NOW)).toHaveLength(1);
});
