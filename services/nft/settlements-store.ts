import type { Transaction } from "../base/postgres/database.ts";

/** A sale whose transfer has enough blocks on top of it. */
export interface Confirmed {
  readonly listingId: string;
  readonly tokenId: string;
  readonly ownerId: number;
  readonly transactionHash: string;
  readonly blockNumber: number;
}

/** Opens the settlement of a listing. */
export async function openSettlement(tx: Transaction, listing: { readonly listingId: string; readonly tokenId: string }): Promise<void> {
  await tx.query("INSERT INTO settlements (listing_id, token_id, state) VALUES ($1, $2, 'listed') ON CONFLICT DO NOTHING", [
    listing.listingId,
    listing.tokenId,
  ]);
}

/** Has the sale of a listing wait for the confirmation of its transfer. A sale from before transfers were kept waits for none. */
export async function awaitConfirmation(tx: Transaction, listingId: string): Promise<void> {
  await tx.query(
    `INSERT INTO settlements AS mine (listing_id, token_id, state, buyer_id, transaction_hash, block_number)
     SELECT id, token_id, 'sold', buyer_id, transfer_hash, transfer_block FROM listings
     WHERE id = $1 AND transfer_hash IS NOT NULL
     ON CONFLICT (listing_id) DO UPDATE SET state = 'sold', buyer_id = excluded.buyer_id,
       transaction_hash = excluded.transaction_hash, block_number = excluded.block_number, changed_at = clock_timestamp()
     WHERE mine.state = 'listed'`,
    [listingId],
  );
}

/** Takes up to 100 sales whose transfer is in `blockNumber` or below: only the caller goes on with these. */
export async function takeConfirmed(tx: Transaction, blockNumber: number): Promise<Confirmed[]> {
  const rows = await tx.query<{ listing_id: string; token_id: string; buyer_id: string; transaction_hash: string; block_number: string }>(
    `UPDATE settlements SET state = 'confirming', changed_at = clock_timestamp()
     WHERE listing_id IN (
       SELECT listing_id FROM settlements WHERE state = 'sold' AND block_number <= $1
       ORDER BY block_number LIMIT 100 FOR UPDATE SKIP LOCKED)
     RETURNING listing_id, token_id, buyer_id, transaction_hash, block_number`,
    [blockNumber],
  );
  return rows.map((row) => ({
    listingId: row.listing_id,
    tokenId: row.token_id,
    ownerId: Number(row.buyer_id),
    transactionHash: row.transaction_hash,
    blockNumber: Number(row.block_number),
  }));
}

/** Ends a settlement. */
export async function finishSettlement(tx: Transaction, listingId: string): Promise<void> {
  await tx.query("UPDATE settlements SET state = 'final', changed_at = clock_timestamp() WHERE listing_id = $1 AND state = 'confirming'", [
    listingId,
  ]);
}
