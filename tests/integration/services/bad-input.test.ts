import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arbitraryRequest, type ArbitraryRequest } from "../../support/arbitrary-request.ts";
import type { Answer, DomainService } from "../../support/domain-service.ts";
import { type DomainName, domainNames, type Operation, operationsOf, startDomains } from "../../support/domains.ts";

/** The same requests in every run: a failure here is found again by running it again. */
const SEED = 20_260_101;
const REQUESTS_EACH = 40;
const DEMO_USER = 123;

/** What a request may store; other tables are filled by events. */
const TABLES: Readonly<Record<DomainName, readonly string[]>> = {
  user: ["accounts", "sessions", "refresh_tokens", "signing_keys"],
  trading: ["positions", "trades", "idempotency_keys"],
  gamification: [],
  social: ["entries", "comments", "likes", "follows", "groups", "group_members"],
  financial: ["subscriptions", "ledger_transactions", "ledger_entries"],
  nft: ["tokens", "listings"],
};

interface Problem {
  readonly code?: string;
  readonly correlationId?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

let domains: Readonly<Record<DomainName, DomainService>>;

beforeAll(async () => {
  domains = await startDomains();
}, 240_000);

afterAll(async () => {
  for (const domain of Object.values(domains)) await domain.stop();
}, 120_000);

async function rowsOf(name: DomainName): Promise<string> {
  if (TABLES[name].length === 0) return "";
  const counts = TABLES[name].map((table) => `SELECT '${table}' AS t, count(*) AS n FROM ${table}`).join(" UNION ALL ");
  const rows = await domains[name].service.context.database.query<{ t: string; n: string }>(counts);
  return rows.map(({ t, n }) => `${t}=${n}`).join(" ");
}

function send(operation: Operation, request: ArbitraryRequest): Promise<Answer<Problem>> {
  const { domain, method } = operation;
  return domains[domain].call<Problem>(method, request.path, { as: DEMO_USER, headers: request.headers, body: method === "GET" ? undefined : request.body });
}

/** Who one is, and what one may do, is of no field. */
const WITHOUT_FIELD = new Set(["authentication-required", "invalid-token", "role-required", "not-found", "method-not-allowed", "malformed-body", "unsupported-media-type", "body-too-large"]);

function expectRefusal({ status, headers, body }: Answer<Problem>): void {
  expect(status).toBeLessThan(500);
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(body.code).toMatch(/^[a-z][a-z-]+$/);
  expect(body.correlationId).toBeTruthy();
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:\d|\bat [A-Z]\w+\.|SELECT |INSERT |syntax error/);
  if (!WITHOUT_FIELD.has(body.code ?? "")) expect(body.errors?.map(({ path }) => path)).toEqual([expect.stringMatching(/^\/(body|params|query|headers)/), ...(body.errors ?? []).slice(1).map(({ path }) => path)]);
}

describe.each([...domainNames])("R-SVC-4 bad input to %s", (name) => {
  it("gets a 4xx of the one shape that names its field, never a 5xx or a trace, and stores nothing", async () => {
    const operations = operationsOf(name, domains[name]);
    expect(operations.length).toBeGreaterThan(0);
    for (const operation of operations) {
      let before = await rowsOf(name);
      await fc.assert(
        fc.asyncProperty(arbitraryRequest(operation), async (request) => {
          const answer = await send(operation, request);
          const after = await rowsOf(name);
          if (answer.status >= 400) {
            expectRefusal(answer);
            expect(after).toBe(before);
          }
          before = after;
        }),
        // Shrinking repeats requests that had effects: the first example says enough.
        { seed: SEED, numRuns: REQUESTS_EACH, endOnFailure: true },
      );
    }
  }, 300_000);

  it("who is not named is asked for, by every operation that needs to know", async () => {
    const secured = operationsOf(name, domains[name]).filter(({ signedIn }) => signedIn);
    for (const operation of secured) {
      const id = "00000000-0000-7000-8000-000000000000";
      const path = operation.path.replace(/\{(id|commentId)\}/g, operation.path.startsWith("/:id") || name === "user" ? "1" : id).replaceAll("{userId}", "1");
      const requests = fc.sample(arbitraryRequest(operation), { seed: SEED, numRuns: 100 });
      const answers = new Set<string>();
      for (const { body } of requests.slice(0, 25)) {
        const withoutUser = typeof body === "object" && body !== null ? { ...body, user_id: undefined } : body;
        const { status, body: told } = await domains[name].call<Problem>(operation.method, path, { body: operation.method === "GET" ? undefined : withoutUser });
        answers.add(`${status} ${told.code ?? ""}`);
      }
      expect([operation.method, operation.path, [...answers].filter((answer) => !/^(400|401) /.test(answer))]).toEqual([operation.method, operation.path, []]);
    }
  }, 120_000);
});
