import { Decimal } from "decimal.js";
import type { Transaction } from "../base/postgres/database.ts";
import { entitledTier, tierNamed, tierOf, type Tier } from "./tiers.ts";

export interface Account {
  readonly userId: number;
  /** What it may do now: its own tier, or what the user's plan raises it to. */
  readonly tier: Tier;
  readonly currency: string;
  /** Free to trade with. */
  readonly balance: Decimal;
  /** Put into open positions. */
  readonly margin: Decimal;
  /** Worth of all open positions at their opening. */
  readonly exposure: Decimal;
  readonly openPositions: number;
  readonly openedAt: Date;
}

interface Row {
  user_id: string;
  tier: string;
  currency: string;
  balance: string;
  margin: string;
  exposure: string;
  open_positions: number;
  opened_at: Date;
  /** Of a subscription that has not ended. */
  plan: string | null;
}

const SELECT = `SELECT user_id, tier, currency, balance, margin, exposure, open_positions, opened_at,
    (SELECT plan FROM entitlements WHERE entitlements.user_id = accounts.user_id AND ends_at > clock_timestamp()) AS plan
  FROM accounts`;

function toAccount(row: Row): Account {
  return {
    userId: Number(row.user_id),
    tier: entitledTier(tierNamed(row.tier), row.plan ?? undefined),
    currency: row.currency,
    balance: new Decimal(row.balance),
    margin: new Decimal(row.margin),
    exposure: new Decimal(row.exposure),
    openPositions: row.open_positions,
    openedAt: row.opened_at,
  };
}

/** Something that queries: the database itself or a transaction of it. */
type Queries = Pick<Transaction, "query">;

export async function findAccount(queries: Queries, userId: number): Promise<Account | undefined> {
  const [row] = await queries.query<Row>(`${SELECT} WHERE user_id = $1`, [userId]);
  return row && toAccount(row);
}

/** The account, which nobody else changes until the transaction ends. Lock it before any position of its user. */
export async function lockAccount(tx: Transaction, userId: number): Promise<Account | undefined> {
  const [row] = await tx.query<Row>(`${SELECT} WHERE user_id = $1 FOR UPDATE`, [userId]);
  return row && toAccount(row);
}

/** The same for several, by user id; those that are locked already are left out, so that it never waits. */
export async function lockFreeAccounts(tx: Transaction, userIds: readonly number[]): Promise<ReadonlyMap<number, Account>> {
  const rows = await tx.query<Row>(`${SELECT} WHERE user_id = ANY($1::bigint[]) FOR UPDATE SKIP LOCKED`, [userIds]);
  return new Map(rows.map((row) => [Number(row.user_id), toAccount(row)]));
}

/** Opens the user's account with the start balance of its tier; does nothing where there is one. */
export async function openAccount(queries: Queries, userId: number): Promise<void> {
  const tier = tierOf(userId);
  await queries.query("INSERT INTO accounts (user_id, tier, balance) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
    userId,
    tier.name,
    tier.startBalance,
  ]);
}
