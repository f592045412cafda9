import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerOrFail } from "../../../infra/host/docker.ts";
import { stopContainer } from "../../support/docker.ts";
import { startEdge, type EdgeInstance, type TestEdge } from "../../support/edge.ts";
import { waitFor } from "../../support/wait-for.ts";

/** How many of `count` requests each colour answered. */
async function spread(edge: TestEdge, count: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (let n = 0; n < count; n += 1) {
    const response = await fetch(`${edge.url}/`, { headers: { connection: "close" } });
    expect(response.status).toBe(200);
    const { name } = (await response.json()) as { name: string };
    const colour = name.split("-")[0] ?? "";
    answers[colour] = (answers[colour] ?? 0) + 1;
  }
  return answers;
}

describe("the edge spreads requests by what each instance says", () => {
  let edge: TestEdge;
  let blue: EdgeInstance;
  let green: EdgeInstance;

  beforeAll(async () => {
    edge = await startEdge();
  });
  afterAll(async () => {
    await edge.remove();
  });

  it("answers a problem while no instance is there", async () => {
    const response = await fetch(`${edge.url}/`, { headers: { "x-correlation-id": "test-correlation-1" } });
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: 503, code: "no-instance", correlationId: "test-correlation-1" });
  });

  it("sends nothing to an instance whose agent has not spoken", async () => {
    blue = await edge.startInstance("blue", "silent");
    green = await edge.startInstance("green", "up ready 100%");
    await edge.untilWeights({ green: 100 });
    expect(await spread(edge, 50)).toEqual({ green: 50 });
    expect(await blue.requests()).toBe(0);
  });

  it.each([
    { weights: { blue: 100, green: 0 }, expected: { blue: 100 } },
    { weights: { blue: 50, green: 50 }, expected: { blue: 50, green: 50 } },
    { weights: { blue: 0, green: 100 }, expected: { green: 100 } },
  ])("follows weights $weights.blue to $weights.green (R-DEP-2)", async ({ weights, expected }) => {
    await blue.say(`up ready ${weights.blue}%`);
    await green.say(`up ready ${weights.green}%`);
    await edge.untilWeights(weights);
    expect(await spread(edge, 100)).toEqual(expected);
  });

  it("lets a draining instance finish what it has and gives it nothing new", async () => {
    await blue.say("up ready 50%");
    await green.say("drain");
    await edge.untilWeights({ blue: 50 });
    await green.say("up ready 100%");
    await blue.say("drain");
    await edge.untilWeights({ green: 100 });
    const slow = fetch(`${edge.url}/slow`);
    await green.say("drain");
    await blue.say("up ready 100%");
    await edge.untilWeights({ blue: 100 });
    expect(await spread(edge, 20)).toEqual({ blue: 20 });
    expect(await (await slow).json()).toMatchObject({ name: green.name });
  });

  it("fails no request when an instance dies, and gives its successor nothing before it has spoken", async () => {
    await green.say("up ready 100%");
    await blue.say("up ready 50%");
    await edge.untilWeights({ blue: 50, green: 100 });
    await dockerOrFail(["kill", green.id]);
    expect(await spread(edge, 40)).toEqual({ blue: 40 });
    await edge.untilWeights({ blue: 50 });
    // A name that comes back finds its slot as its predecessor left it: up, with the first share of a slow start, until
    // a check fails. A process that starts refuses connections first, which costs nobody a request.
    const successor = await edge.startInstance("green", "closed");
    expect(await spread(edge, 40)).toEqual({ blue: 40 });
    expect(await successor.requests()).toBe(0);
    await successor.say("up ready 50%");
    await edge.untilWeights({ blue: 50, green: 50 });
  });

  it("ends with exit code 0 at its soft stop", async () => {
    expect(await stopContainer(edge.id)).toBe(0);
  });
});

describe("the edge in production", () => {
  it("takes away who the caller claims to be and passes a correlation id on", async () => {
    const edge = await startEdge("production");
    try {
      await edge.startInstance("blue", "up ready 100%");
      await edge.untilWeights({ blue: 100 });
      const response = await fetch(`${edge.url}/`, {
        headers: {
          "x-user-id": "1",
          "x-astra-internal-hop": "1",
          "x-forwarded-for": "6.6.6.6",
          "x-correlation-id": "bad id",
          "x-astra-colour": "green",
        },
      });
      const { headers } = (await response.json()) as { headers: Record<string, string> };
      expect(headers).not.toHaveProperty("x-user-id");
      expect(headers).not.toHaveProperty("x-astra-internal-hop");
      expect(headers["x-forwarded-for"]).not.toContain("6.6.6.6");
      expect(headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers["x-astra-colour"]).toBe("green");
    } finally {
      await edge.remove();
    }
  });
});

describe("the edge on a cluster, where names come late", () => {
  let edge: TestEdge;

  beforeAll(async () => {
    edge = await startEdge("dev", "astra-test.svc.example");
  });
  afterAll(async () => {
    await edge.remove();
  });

  it("finds instances below the cluster's domain, and lets one without weight serve while nobody else is known (R-DEP-2, R-DEP-7)", async () => {
    const green = await edge.startInstance("green", "up ready 0%");
    await waitFor("an answer of green", async () => ((await fetch(`${edge.url}/`)).status === 200 ? true : undefined));
    expect(await spread(edge, 20)).toEqual({ green: 20 });
    await edge.startInstance("blue", "up ready 100%");
    await edge.untilWeights({ blue: 100 });
    expect(await spread(edge, 20)).toEqual({ blue: 20 });
    await green.say("drain");
    expect(await spread(edge, 20)).toEqual({ blue: 20 });
  });
});
