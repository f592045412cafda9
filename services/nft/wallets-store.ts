import { Decimal } from "decimal.js";
import type { Transaction } from "../base/postgres/database.ts";

/** Paper money that everybody's wallet starts with. */
export const START_BALANCE = "10000.00";

type Queries = Pick<Transaction, "query">;

/** Opens the wallets that are not there yet, and does nothing for the others. */
async function openWallets(queries: Queries, userIds: readonly number[]): Promise<void> {
  await queries.query(
    `INSERT INTO wallets (user_id, balance) SELECT user_id, $2 FROM unnest($1::bigint[]) AS user_id ORDER BY user_id
     ON CONFLICT DO NOTHING`,
    [userIds, START_BALANCE],
  );
}

/**
 * Balances of both, which nobody else changes until the transaction ends. Always locked in the order of the ids, so
 * that two sales between the same two users, one each way, never wait for each other.
 */
export async function lockWallets(tx: Transaction, userIds: readonly number[]): Promise<ReadonlyMap<number, Decimal>> {
  await openWallets(tx, userIds);
  const rows = await tx.query<{ user_id: string; balance: string }>(
    "SELECT user_id, balance FROM wallets WHERE user_id = ANY ($1::bigint[]) ORDER BY user_id FOR UPDATE",
    [userIds],
  );
  return new Map(rows.map((row) => [Number(row.user_id), new Decimal(row.balance)]));
}

/** Adds to a balance, or takes from it where `amount` is negative; never below zero. */
export async function changeBalance(tx: Transaction, userId: number, amount: Decimal): Promise<void> {
  await tx.query("UPDATE wallets SET balance = balance + $2::numeric WHERE user_id = $1", [userId, amount.toFixed()]);
}

/** The balance; the start balance where nothing has been bought or sold yet. */
export async function balanceOf(queries: Queries, userId: number): Promise<Decimal> {
  const [row] = await queries.query<{ balance: string }>("SELECT balance FROM wallets WHERE user_id = $1", [userId]);
  return new Decimal(row?.balance ?? START_BALANCE);
}
