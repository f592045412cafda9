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

/** Has the sale of a listing wait for the confirmation of its transfer, once that is in a block; a later block takes the place of an earlier one. */
export async function awaitConfirmation(tx: Transaction, listingId: string): Promise<void> {
  await tx.query(
    `INSERT INTO settlements AS mine (listing_id, token_id, state, buyer_id, transaction_hash, block_number)
     SELECT id, token_id, 'sold', buyer_id, transfer_hash, transfer_block FROM listings
     WHERE id = $1 AND transfer_hash IS NOT NULL
     ON CONFLICT (listing_id) DO UPDATE SET state = 'sold', buyer_id = excluded.buyer_id,
       transaction_hash = excluded.transaction_hash, block_number = excluded.block_number, changed_at = clock_timestamp()
     WHERE mine.state IN ('listed', 'sold')`,
    [listingId],
  );
}

interface Row {
  listing_id: string;
  token_id: string;
  buyer_id: string;
  transaction_hash: string;
  block_number: string;
}

const TAKEN = "listing_id, token_id, buyer_id, transaction_hash, block_number";

function toConfirmed(row: Row): Confirmed {
  return {
    listingId: row.listing_id,
    tokenId: row.token_id,
    ownerId: Number(row.buyer_id),
    transactionHash: row.transaction_hash,
    blockNumber: Number(row.block_number),
  };
}

/** Takes the sales of these listings, whose transfers are final: only the caller goes on with these. */
export async function takeConfirmed(tx: Transaction, listingIds: readonly string[]): Promise<Confirmed[]> {
  if (listingIds.length === 0) return [];
  const rows = await tx.query<Row>(
    `UPDATE settlements SET state = 'confirming', changed_at = clock_timestamp()
     WHERE listing_id = ANY ($1::uuid[]) AND state = 'sold' RETURNING ${TAKEN}`,
    [listingIds],
  );
  return rows.map(toConfirmed);
}

/**
 * Takes up to 100 sales of a release that transferred within the sale, in `blockNumber` or below. Releases of one
 * operation for each transfer follow that instead.
 */
export async function takeConfirmedByBlock(tx: Transaction, blockNumber: number): Promise<Confirmed[]> {
  const rows = await tx.query<Row>(
    `UPDATE settlements SET state = 'confirming', changed_at = clock_timestamp()
     WHERE listing_id IN (
       SELECT listing_id FROM settlements s WHERE state = 'sold' AND block_number <= $1
         AND NOT EXISTS (SELECT FROM chain_operations o WHERE o.listing_id = s.listing_id)
       ORDER BY block_number LIMIT 100 FOR UPDATE SKIP LOCKED)
     RETURNING ${TAKEN}`,
    [blockNumber],
  );
  return rows.map(toConfirmed);
}

/** Ends a settlement. */
export async function finishSettlement(tx: Transaction, listingId: string): Promise<void> {
  await tx.query("UPDATE settlements SET state = 'final', changed_at = clock_timestamp() WHERE listing_id = $1 AND state = 'confirming'", [
    listingId,
  ]);
}
