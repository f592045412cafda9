import type { Database, Transaction } from "../../base/postgres/database.ts";

/** What the entries of a currency add up to, as an exact decimal; 0 unless something is very wrong. */
export interface CurrencySum {
  readonly currency: string;
  readonly sum: string;
}

/** How often the whole ledger is added up again, in milliseconds: entries cannot change, but disks can. */
const WHOLE_EVERY_MS = 24 * 3_600_000;

/** Everybody who audits waits for the one before: an entry is to be in the sums once. */
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('financial.audit', 0))";

/** Entries of transactions that have ended: those that are still open are left to the next audit. */
const ENDED = "written_by < pg_snapshot_xmin(pg_current_snapshot())";

/**
 * Sums of the ledger by currency. Adds to the sums of the last audit what was written since, once a day everything anew.
 * `now` is the time of the audit.
 */
export function auditedSums(database: Database, now: Date): Promise<readonly CurrencySum[]> {
  return database.transaction(async (tx) => {
    await tx.query(LOCK);
    const [mark] = await tx.query<{ audited_before: string; usable: boolean }>(
      // A mark ahead of all transactions was restored from another server's backup: its numbers mean nothing here.
      `SELECT audited_before::text, whole_at > $1 AND audited_before <= pg_snapshot_xmax(pg_current_snapshot()) AS usable
         FROM ledger_audit_mark`,
      [new Date(now.getTime() - WHOLE_EVERY_MS)],
    );
    if (mark?.usable === true) await addSince(tx, mark.audited_before);
    else await addAll(tx, now);
    return tx.query<CurrencySum>("SELECT currency, sum::text AS sum FROM ledger_audits ORDER BY currency");
  });
}

/** In one statement, so that sums and mark are of the same snapshot. */
async function addSince(tx: Transaction, auditedBefore: string): Promise<void> {
  await tx.query(
    `WITH marked AS (UPDATE ledger_audit_mark SET audited_before = pg_snapshot_xmin(pg_current_snapshot()))
     INSERT INTO ledger_audits AS known (currency, sum)
     SELECT currency, sum(amount) FROM ledger_entries WHERE written_by >= $1::xid8 AND ${ENDED} GROUP BY currency
     ON CONFLICT (currency) DO UPDATE SET sum = known.sum + excluded.sum`,
    [auditedBefore],
  );
}

async function addAll(tx: Transaction, now: Date): Promise<void> {
  await tx.query("DELETE FROM ledger_audits");
  await tx.query(
    `WITH marked AS (
       INSERT INTO ledger_audit_mark (audited_before, whole_at) VALUES (pg_snapshot_xmin(pg_current_snapshot()), $1)
       ON CONFLICT (only_one) DO UPDATE SET audited_before = excluded.audited_before, whole_at = excluded.whole_at)
     INSERT INTO ledger_audits (currency, sum)
     SELECT currency, sum(amount) FROM ledger_entries WHERE written_by IS NULL OR ${ENDED} GROUP BY currency`,
    [now],
  );
}
