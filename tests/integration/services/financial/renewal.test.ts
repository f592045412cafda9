import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscriptionRenewed, subscriptionStarted } from "../../../../services/base/events/catalogue/financial.ts";
import { auditedSums } from "../../../../services/financial/ledger/store-audit.ts";
import { financial } from "../../../../services/financial/service.ts";
import { renewDue } from "../../../../services/financial/subscriptions/renewal.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { type Bearer, tokensFor } from "../../../support/tokens.ts";

interface Subscription {
  readonly id: string;
  readonly status: string;
  readonly endsAt: string;
  readonly renews: boolean;
}

let domain: DomainService;
let bearer: Bearer;

beforeAll(async () => {
  domain = await startDomainService(financial);
  bearer = await tokensFor(domain);
});

afterAll(async () => {
  await domain.stop();
});

const operator = () => bearer(1, "operator");

const DAY_MS = 86_400_000;

async function subscribe(userId: number, body: Record<string, unknown> = {}): Promise<Subscription> {
  const answer = await domain.call<{ subscription: Subscription }>("POST", "/subscriptions", { as: userId, body: { plan: "plus", ...body } });
  expect(answer.status).toBe(201);
  return answer.body.subscription;
}

const renewAt = (ms: number): Promise<number> => {
  const { database, events } = domain.service.context;
  return renewDue({ database, events, clock: { now: () => ms } });
};

async function paymentsOf(id: string): Promise<readonly string[]> {
  const rows = await domain.service.context.database.query<{ reference: string }>(
    "SELECT reference FROM ledger_transactions WHERE reference LIKE $1 || '%' ORDER BY recorded_at",
    [id],
  );
  return rows.map(({ reference }) => reference);
}

const statusOf = async (id: string): Promise<string | undefined> =>
  (await domain.service.context.database.query<{ status: string }>("SELECT status FROM subscriptions WHERE id = $1", [id]))[0]?.status;

describe("R-SVC-1 subscriptions", () => {
  it("are renewed within the hour before they end: paid once, extended and told of, however many instances look", async () => {
    const subscription = await subscribe(7001);
    const ends = Date.parse(subscription.endsAt);
    expect(await renewAt(ends - 2 * 3_600_000)).toBe(0);
    await Promise.all([renewAt(ends - 1_000), renewAt(ends - 1_000), renewAt(ends - 1_000)]);
    await renewAt(ends + 60_000);
    expect(await paymentsOf(subscription.id)).toEqual([subscription.id, `${subscription.id}:2`]);
    const started = (await domain.published(subscriptionStarted)).filter(({ data }) => data.subscriptionId === subscription.id);
    expect(started.map(({ data }) => data.expiresAt)).toEqual([subscription.endsAt]);
    const renewed = (await domain.published(subscriptionRenewed)).filter(({ data }) => data.subscriptionId === subscription.id);
    expect(renewed.map(({ data }) => [data.period, data.expiresAt, data.price])).toEqual([[2, new Date(ends + 30 * DAY_MS).toISOString(), "9.99"]]);
    expect(await renewAt(ends + 30 * DAY_MS)).toBe(1);
    expect(await statusOf(subscription.id)).toBe("active");
  });

  it("end with their period where their user wants it, and nobody else decides that", async () => {
    const subscription = await subscribe(7002);
    const path = `/subscriptions/${subscription.id}`;
    const stranger = await domain.call<{ errors: { path: string }[] }>("PATCH", path, { as: 7003, body: { renews: false } });
    expect([stranger.status, stranger.body.errors[0]?.path]).toEqual([404, "/params/id"]);
    const changed = await domain.call<{ subscription: Subscription }>("PATCH", path, { as: 7002, body: { renews: false } });
    expect(changed.body.subscription).toMatchObject({ renews: false, status: "active" });
    await renewAt(Date.parse(subscription.endsAt) + 1);
    expect(await statusOf(subscription.id)).toBe("expired");
    expect(await paymentsOf(subscription.id)).toEqual([subscription.id]);
  });

  it("are not charged for a time in which nobody could renew them", async () => {
    const subscription = await subscribe(7004);
    await renewAt(Date.parse(subscription.endsAt) + 4 * DAY_MS);
    expect([await statusOf(subscription.id), await paymentsOf(subscription.id)]).toEqual(["expired", [subscription.id]]);
  });
});

describe("R-SVC-1 the ledger's audit", () => {
  it("adds up what is new, and notices an entry that slipped in without its counterpart", async () => {
    const { database } = domain.service.context;
    const now = new Date();
    const sumOf = async () => Number((await auditedSums(database, now)).find(({ currency }) => currency === "USD")?.sum);
    await subscribe(7005);
    expect(await sumOf()).toBe(0);
    const admin = await domain.connect("astra_admin");
    // Only a superuser gets past the triggers.
    await admin.query("SET session_replication_role = replica");
    await admin.query(
      `INSERT INTO ledger_entries (transaction_id, position, account, currency, amount)
       SELECT transaction_id, 99, account, currency, 0.01 FROM ledger_entries LIMIT 1`,
    );
    expect(await sumOf()).toBe(0.01);
    expect(await sumOf()).toBe(0.01);
    expect(Number((await auditedSums(database, new Date(now.getTime() + 25 * 3_600_000)))[0]?.sum)).toBe(0.01);
  });

  it("misses no entry whose transaction was still open at the audit before", async () => {
    const { database } = domain.service.context;
    const total = async () => (await database.query<{ n: string }>("SELECT count(*) AS n FROM ledger_entries"))[0]?.n;
    const before = await auditedSums(database, new Date());
    const [open] = await Promise.all([domain.connect("financial_app")]);
    await open.query("BEGIN");
    await open.query("INSERT INTO ledger_accounts VALUES ('payments-clearing', 'AUD', 'asset'), ('subscriptions', 'AUD', 'revenue')");
    await open.query("INSERT INTO ledger_transactions (id, kind, reference, occurred_at) VALUES (gen_random_uuid(), 'test', 'late', now())");
    await open.query(
      `INSERT INTO ledger_entries (transaction_id, position, account, currency, amount)
       SELECT id, n, CASE n WHEN 1 THEN 'payments-clearing' ELSE 'subscriptions' END, 'AUD', 3 - 2 * n
         FROM ledger_transactions, generate_series(1, 2) AS n WHERE reference = 'late'`,
    );
    await subscribe(7006);
    expect(await auditedSums(database, new Date())).toEqual(before);
    await open.query("COMMIT");
    expect((await auditedSums(database, new Date())).map(({ currency }) => currency)).toEqual(["AUD", "USD"]);
    expect(Number(await total())).toBeGreaterThan(0);
  });

  it("is told by day and paying user", async () => {
    const { body } = await domain.call<{ days: { payingUsers: number; revenuePerUser: string }[] }>("GET", "/revenue/users?days=1", { headers: await operator() });
    expect(body.days.find((day) => day.payingUsers > 0)?.revenuePerUser).toBe("9.99");
  });
});
