import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "../../base/postgres/database.ts";
import { ACCOUNTS } from "./accounts.ts";
import type { Posting } from "./posting.ts";

/**
 * Posts a transaction to the ledger. What does not balance is refused by the database at commit, and a second
 * transaction of the same kind and reference at once.
 */
export async function post(tx: Transaction, posting: Posting): Promise<void> {
  await postAll(tx, [posting]);
}

/** Posts transactions, three statements for all of them. */
export async function postAll(tx: Transaction, postings: readonly Posting[]): Promise<void> {
  if (postings.length === 0) return;
  const numbered = postings.map((posting) => ({ ...posting, id: uuidv7() }));
  const lines = numbered.flatMap(({ id, entries }) => entries.map((entry, index) => ({ ...entry, id, position: index + 1 })));
  const accounts = lines.map(({ account }) => account);
  const currencies = lines.map(({ currency }) => currency);
  await tx.query(
    `INSERT INTO ledger_accounts (code, currency, kind)
     SELECT DISTINCT code, currency, kind FROM unnest($1::text[], $2::text[], $3::text[]) AS used (code, currency, kind)
     ORDER BY code, currency
     ON CONFLICT DO NOTHING`,
    [accounts, currencies, accounts.map((account) => ACCOUNTS[account])],
  );
  await tx.query(
    `INSERT INTO ledger_transactions (id, kind, reference, user_id, occurred_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])`,
    [
      numbered.map(({ id }) => id),
      numbered.map(({ kind }) => kind),
      numbered.map(({ reference }) => reference),
      numbered.map(({ userId }) => userId),
      numbered.map(({ occurredAt }) => occurredAt),
    ],
  );
  await tx.query(
    `INSERT INTO ledger_entries (transaction_id, position, account, currency, amount)
     SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::numeric[])`,
    [lines.map(({ id }) => id), lines.map(({ position }) => position), accounts, currencies, lines.map(({ amount }) => amount.toFixed())],
  );
}
