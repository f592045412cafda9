import { v7 as uuidv7 } from "uuid";
import type { Database, Transaction } from "../../base/postgres/database.ts";
import { ACCOUNTS } from "./accounts.ts";
import type { Posting } from "./posting.ts";

/**
 * Posts a transaction to the ledger. What does not balance is refused by the database at commit, and a second
 * transaction of the same kind and reference at once.
 */
export async function post(tx: Transaction, posting: Posting): Promise<void> {
  const { entries } = posting;
  const accounts = entries.map(({ account }) => account);
  const currencies = entries.map(({ currency }) => currency);
  await tx.query(
    `INSERT INTO ledger_accounts (code, currency, kind)
     SELECT DISTINCT code, currency, kind FROM unnest($1::text[], $2::text[], $3::text[]) AS used (code, currency, kind)
     ORDER BY code, currency
     ON CONFLICT DO NOTHING`,
    [accounts, currencies, accounts.map((account) => ACCOUNTS[account])],
  );
  const id = uuidv7();
  await tx.query(
    "INSERT INTO ledger_transactions (id, kind, reference, user_id, occurred_at) VALUES ($1, $2, $3, $4, $5)",
    [id, posting.kind, posting.reference, posting.userId, posting.occurredAt],
  );
  await tx.query(
    `INSERT INTO ledger_entries (transaction_id, position, account, currency, amount)
     SELECT $1, position, account, currency, amount
     FROM unnest($2::text[], $3::text[], $4::numeric[]) WITH ORDINALITY AS line (account, currency, amount, position)`,
    [id, accounts, currencies, entries.map(({ amount }) => amount.toFixed())],
  );
}

/** What all entries of each currency add up to, as exact decimals; all are 0 unless something is very wrong. */
export async function imbalances(database: Database): Promise<readonly { readonly currency: string; readonly sum: string }[]> {
  return await database.query("SELECT currency, sum(amount)::text AS sum FROM ledger_entries GROUP BY currency");
}
