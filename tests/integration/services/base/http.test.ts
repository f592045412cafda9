import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgentCheck } from "../../../../services/base/agent-check.ts";
import { JWKS_KEY } from "../../../../services/base/auth/tokens.ts";
import { startService, type RunningService } from "../../../../services/base/service.ts";
import { createTestRedis, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { createSigner, readLine, sampleConfig, sampleService, type Signer } from "./base-fixture.ts";

let redis: TestRedis;
let dev: RunningService;
let production: RunningService;
let signer: Signer;

beforeAll(async () => {
  redis = await createTestRedis();
  dev = await startService(sampleService(), sampleConfig(redis));
  production = await startService(sampleService(), sampleConfig(redis, { instance: "sample-2", mode: "production" }));
  signer = await createSigner("key-1");
  await dev.context.redis.set(JWKS_KEY, JSON.stringify({ keys: [signer.jwk] }));
});
afterAll(async () => {
  await Promise.all([dev.stop(), production.stop()]);
  await redis.remove();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function call(service: RunningService, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${service.port}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

const order = (service: RunningService, userId: number, headers: Record<string, string> = {}): Promise<Answer> =>
  call(service, "POST", "/api/v1/sample/orders", { user_id: userId, amount: 1 }, headers);

/** Requests that came to no route, as the service counts them. */
async function unknownRequests(): Promise<number> {
  const text = await dev.context.metrics.registry.metrics();
  const counts = text.matchAll(/^http_request_duration_seconds_count\{[^}]*route="unknown"[^}]*code="400"[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe("every error is one problem document (R-SVC-4)", () => {
  it("names every wrong field", async () => {
    const { status, headers, body } = await call(dev, "POST", "/api/v1/sample/orders", { amount: "x", extra: 1 });
    expect(status).toBe(400);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(body["code"]).toBe("validation-failed");
    expect(body["correlationId"]).toBe(headers.get("x-correlation-id"));
    expect((body["errors"] as { path: string }[]).map((error) => error.path).sort()).toEqual(["/body/amount", "/body/extra", "/body/user_id"]);
  });

  it.each([
    ["GET", "/api/v1/sample/nothing", undefined, 404, "not-found"],
    ["DELETE", "/api/v1/sample/orders", undefined, 405, "method-not-allowed"],
    ["POST", "/api/v1/sample/orders", "{", 400, "malformed-body"],
    ["POST", "/api/v1/sample/orders", JSON.stringify("x".repeat(1_100_000)), 413, "body-too-large"],
    ["GET", "/api/v1/sample/refused", undefined, 422, "not-now"],
    ["GET", "/api/v1/sample/broken", undefined, 500, "internal-error"],
  ])("%s %s is %d", async (method, path, body, status, code) => {
    const answer = await call(dev, method, path, body);
    expect(answer).toMatchObject({ status, body: { status, code } });
    expect(JSON.stringify(answer.body)).not.toContain("hunter2");
  });

  it("says which methods a path takes, and when to come again", async () => {
    expect((await call(dev, "PUT", "/api/v1/sample/orders")).headers.get("allow")).toBe("POST");
    expect((await call(dev, "GET", "/api/v1/sample/refused")).headers.get("retry-after")).toBe("2");
  });

  it("refuses a body of a kind that it does not take", async () => {
    const answer = await call(dev, "POST", "/api/v1/sample/orders", "<x/>", { "content-type": "application/xml" });
    expect(answer).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
  });

  it("R-MON-1 measures and answers a path that cannot be decoded, or that is too long in a part, like any other", async () => {
    const before = await unknownRequests();
    const broken = await call(dev, "GET", "/api/v1/sample/%zz");
    expect([broken.status, broken.headers.get("content-type")]).toEqual([400, expect.stringContaining("application/problem+json")]);
    expect(broken.body["correlationId"]).toBe(broken.headers.get("x-correlation-id"));
    // The answer is on its way before it is measured.
    await waitFor("the measurement", async () => ((await unknownRequests()) > before ? true : undefined));
  });

  it("answers what is no HTTP with a problem too", async () => {
    const text = await new Promise<string>((resolve) => {
      let seen = "";
      const socket = connect(dev.port, "127.0.0.1", () => socket.write("GARBAGE\r\n\r\n"));
      socket.on("data", (chunk) => (seen += chunk.toString()));
      socket.on("close", () => resolve(seen));
    });
    expect(text).toContain("HTTP/1.1 400 Bad Request");
    expect(text).toContain('"code":"malformed-request"');
  });
});

describe("the correlation id (R-GW-6)", () => {
  it("is the caller's all the way, and made anew where it is not well-formed", async () => {
    const kept = await order(dev, 7, { "x-correlation-id": "trace-me-123" });
    expect(kept.body["correlationId"]).toBe("trace-me-123");
    expect(kept.headers.get("x-correlation-id")).toBe("trace-me-123");
    const made = await order(dev, 7, { "x-correlation-id": "no!" });
    expect(made.headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("who is calling", () => {
  it("is believed from the header and the body in mode dev", async () => {
    expect(await order(dev, 123)).toMatchObject({ status: 201, body: { user: 123 } });
    expect(await order(dev, 123, { "x-user-id": "123" })).toMatchObject({ status: 201 });
    expect(await order(dev, 123, { "x-user-id": "124" })).toMatchObject({ status: 403, body: { code: "user-mismatch" } });
    expect(await order(dev, 123, { "x-user-id": "me" })).toMatchObject({ status: 400, body: { code: "invalid-user-id" } });
  });

  it("is believed from a token only in production", async () => {
    expect(await order(production, 1000, { "x-user-id": "1000" })).toMatchObject({ status: 401, body: { code: "authentication-required" } });
    const authorization = `Bearer ${await signer.sign({ sub: "1000" })}`;
    expect(await order(production, 1000, { authorization })).toMatchObject({ status: 201, body: { user: 1000 } });
    expect(await order(production, 1001, { authorization })).toMatchObject({ status: 403, body: { code: "user-mismatch" } });
  });

  it("is refused with a token that has expired, is another platform's, or was tampered with", async () => {
    const expired = await signer.sign({ exp: Math.floor(Date.now() / 1000) - 60 });
    const foreign = await signer.sign({ iss: "elsewhere" });
    const good = await signer.sign({});
    const forged = `${good.slice(0, -6)}AAAAAA`;
    for (const token of [expired, foreign, forged, "not.a.token"]) {
      expect(await order(dev, 1000, { authorization: `Bearer ${token}` })).toMatchObject({ status: 401, body: { code: "invalid-token" } });
    }
  });

  it("is known by a key that was published a moment ago", async () => {
    const next = await createSigner("key-2");
    await dev.context.redis.set(JWKS_KEY, JSON.stringify({ keys: [signer.jwk, next.jwk] }));
    const authorization = `Bearer ${await next.sign({ sub: "1000" })}`;
    // A reload is allowed once a second, and another test may just have used it.
    await expect.poll(async () => (await order(production, 1000, { authorization })).status, { timeout: 5_000 }).toBe(201);
  });
});

describe("the agent check", () => {
  it("says its weight, or drain, on a plain TCP connection (R-DEP-2)", async () => {
    const facts = { ready: true, draining: false, weight: 25 };
    const server = await startAgentCheck("127.0.0.1", 0, () => facts);
    const { port } = server.address() as { port: number };
    expect(await readLine(port)).toBe("up ready 25%\n");
    facts.draining = true;
    expect(await readLine(port)).toBe("drain\n");
    server.close();
  });
});
