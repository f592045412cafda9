import { request as httpRequest } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { FakeFinancial } from "./dashboard-fixture.ts";
import { GatewayFixture } from "./gateway-fixture.ts";

const OWN = ["/dashboard", "/services", "/api/docs", "/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"] as const;
const WELL_FORMED = /^[A-Za-z0-9._-]{8,128}$/;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

let fixture: GatewayFixture;
let gateway: RunningService;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
  gateway = await fixture.gateway({ limits: { perUser: 1_000_000, perService: 1_000_000 } }, { dashboardMs: 4_000 });
  await fixture.upstream("financial", "financial-1", new FakeFinancial().behaviour);
  await fixture.knows(gateway, "financial", 1);
});
afterAll(async () => {
  await fixture.reset();
  await fixture.close();
});

/** `fetch` would put paths and headers right. */
function send({ method, path, headers, body }: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port: gateway.port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** What Node's client lets through. */
const headerText = fc.string({ unit: fc.constantFrom(..."aZ0 ;,=*/.q-_<>\"'%{}\\é\t") }).map((text) => text.trim());
const pathText = fc.string({ unit: fc.constantFrom(..."aZ0/.%&=?#;:@~-_<>\"'{}[]|\\^`+$") });

const call: fc.Arbitrary<Call> = fc.record({
  method: fc.constantFrom("GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
  path: fc.tuple(fc.constantFrom(...OWN, ""), fc.constantFrom("", "", "/", "?", "?x=", "//", "/..", "%2e%2e/"), pathText).map(([own, joint, rest]) => (own === "" ? `/${rest}` : joint === "" ? own : own + joint + rest)),
  headers: fc.record({
    accept: fc.oneof(fc.constantFrom("text/html", "application/json", "*/*"), headerText),
    "x-correlation-id": fc.oneof(fc.constant("fuzz-0123456789"), headerText),
    "x-user-id": headerText,
    authorization: fc.oneof(fc.constant("Bearer x.y.z"), headerText),
    traceparent: headerText,
    "content-type": fc.oneof(fc.constant("application/json"), headerText),
    "if-none-match": headerText,
  }, { requiredKeys: ["accept"] }),
  body: fc.constantFrom("", "", "{", "[]", '{"__proto__":{}}'),
});

/** Where Node's client does not announce a body, it would be read as the next request. */
const withFittingBody = call.map((each) => (["GET", "HEAD", "OPTIONS", "DELETE"].includes(each.method) ? { ...each, body: "" } : each));

function expectWell(asked: Call, { status, headers, text }: Reply): void {
  const type = String(headers["content-type"] ?? "");
  expect(status, text).toBeLessThan(500);
  const id = String(headers["x-correlation-id"] ?? "");
  const wished = asked.headers["x-correlation-id"] ?? "";
  if (WELL_FORMED.test(wished)) expect(id).toBe(wished);
  else expect(id).toMatch(WELL_FORMED);
  if (asked.method === "HEAD") return expect(text).toBe("");
  if (status >= 400) {
    expect(type).toContain("application/problem+json");
    const problem = JSON.parse(text) as Record<string, unknown>;
    expect(problem).toMatchObject({ status, code: expect.stringMatching(/^[a-z0-9-]+$/) as string, correlationId: id });
    expect(text).not.toMatch(/node_modules|\bat .*\.ts:\d/);
  } else if (type.includes("text/html")) {
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'/);
  } else if (type.includes("json")) {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  }
}

describe("R-GW-6 the gateway's own routes, whatever they are asked", () => {
  it("answer in their own shapes, with a correlation id, and never with a 500", { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(withFittingBody, async (asked) => {
        expectWell(asked, await send(asked));
      }),
      { seed: 4711, numRuns: 400 },
    );
  });
});
