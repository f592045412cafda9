import { describe, expect, test } from "vitest";
import { validationContext, type ValidationContext } from "../../../../infra/validation/check.ts";
import { checks } from "../../../../infra/validation/checks.ts";
import { at, eventually, request, requireStatus } from "../../../../infra/validation/http.ts";

/** A platform that answers what `answers` says for each path; waiting moves its clock. */
function platform(answers: Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>): ValidationContext {
  let now = 0;
  return {
    ...validationContext({ environment: "test", target: "docker", ephemeral: false, portOffset: 0 }),
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
        await Promise.resolve();
      },
    },
    fetch: async (input) => {
      const answer = answers[new URL(String(input)).pathname];
      if (answer === undefined) throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
      return await Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 }));
    },
  };
}

const check = (part: string) => {
  const found = checks.find((one) => one.name.includes(part));
  if (found === undefined) throw new Error(`no check "${part}"`);
  return found;
};
const up = { status: "up" };
const dependencies = { redis: up, registry: up, user: up, trading: up, gamification: up, social: up, financial: up, nft: up };

describe("validation", () => {
  test("has names that tell checks apart, and stops containers only in those that say so", () => {
    expect(new Set(checks.map((one) => one.name)).size).toBe(checks.length);
    expect(checks.filter((one) => one.disruptive)).toHaveLength(2);
  });

  test("passes a gateway that names every dependency", async () => {
    const context = platform({ "/health": { body: { status: "ok", dependencies } } });
    await expect(check("names every dependency").run(context)).resolves.toBe("8 dependencies up");
  });

  test("fails a gateway that does not name one, and says which", async () => {
    const fewer = Object.fromEntries(Object.entries(dependencies).filter(([name]) => name !== "nft"));
    const context = platform({ "/health": { body: { status: "ok", dependencies: fewer } } });
    await expect(check("names every dependency").run(context)).rejects.toThrow("/health does not name nft (waited 15 s)");
  });

  test("fails a degraded gateway, and says what is away", async () => {
    const body = { status: "degraded", dependencies: { ...dependencies, redis: { status: "down" } } };
    await expect(check("names every dependency").run(platform({ "/health": { body } }))).rejects.toThrow(
      'says "degraded": redis not up',
    );
  });

  test("fails when nothing answers, and says where", async () => {
    await expect(check("all six services").run(platform({}))).rejects.toThrow(
      "http://127.0.0.1:8000/services does not answer: connect ECONNREFUSED",
    );
  });

  test("fails when a service is registered and not healthy", async () => {
    const services = ["user", "trading", "gamification", "social", "financial", "nft"].map((service) => ({
      service,
      status: service === "social" ? "unavailable" : "healthy",
    }));
    await expect(check("all six services").run(platform({ "/services": { body: { services } } }))).rejects.toThrow(
      "social not registered and healthy",
    );
  });

  test("fails when Prometheus has a target that is not up, and says why", async () => {
    const activeTargets = [{ health: "down", scrapeUrl: "http://redis-exporter:9121/metrics", lastError: "refused" }];
    const context = platform({ "/api/v1/targets": { body: { data: { activeTargets } } } });
    await expect(check("Prometheus").run(context)).rejects.toThrow("not up: http://redis-exporter:9121/metrics (refused)");
  });
});

test("eventually gives the value and the time that it took", async () => {
  const context = platform({});
  let asked = 0;
  const result = await eventually(context, 1_000, async () => await Promise.resolve(++asked < 4 ? { notYet: "no" } : { done: asked }));
  expect(result).toEqual({ value: 4, tookMs: 300 });
});

test("a wrong status is told with the address and the beginning of the answer", async () => {
  const url = "http://127.0.0.1:8000/health";
  const answer = await request(platform({ "/health": { status: 503, body: { code: "draining" } } }), url);
  expect(() => requireStatus(url, answer, 200, 201)).toThrow(`${url} answered 503, expected 200 or 201: {"code":"draining"}`);
});

test("at leads nowhere quietly", () => {
  expect(at({ a: [{ b: 1 }] }, "a", 0, "b")).toBe(1);
  expect(at({ a: null }, "a", "b", "c")).toBeUndefined();
});
