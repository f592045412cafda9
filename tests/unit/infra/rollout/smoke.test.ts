import { expect, test } from "vitest";
import { smokeProblems, SMOKE_PATHS } from "../../../../infra/rollout/smoke.ts";

const at = (input: Parameters<typeof fetch>[0]): string => (typeof input === "string" ? input : input instanceof URL ? input.href : input.url);

test("a private look asks every service of the colour, by the operator's headers (R-DEP-2)", async () => {
  const asked: string[] = [];
  const ask: typeof fetch = async (input, init) => {
    expect(init?.headers).toEqual({ "x-astra-colour": "green", "x-astra-operator-token": "secret" });
    asked.push(at(input));
    return await Promise.resolve(new Response("{}"));
  };
  expect(await smokeProblems(ask, "http://edge", "green", "secret")).toEqual([]);
  expect([...new Set(asked)]).toEqual(Object.values(SMOKE_PATHS).map((path) => `http://edge${path}`));
});

test("a private look names the service that does not answer well, once", async () => {
  const ask: typeof fetch = async (input) => await Promise.resolve(at(input).includes("/nft/") ? new Response("broken", { status: 500 }) : new Response("{}"));
  expect(await smokeProblems(ask, "http://edge", "green", "secret")).toEqual(["nft: /api/v1/nft/marketplace answers 500 broken"]);
});
