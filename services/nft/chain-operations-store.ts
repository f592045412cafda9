import type { Transaction } from "../base/postgres/database.ts";
import type { ChainCall, ChainReceipt, SignedCall } from "./chain/chain.ts";

type Queries = Pick<Transaction, "query">;

/** What is wanted of a chain. */
export interface WantedOperation {
  /** Never used twice: `reward:<user>:<achievement>`, `sale:<listing>`. */
  readonly id: string;
  /** Key of the chain that the token is on. */
  readonly chain: string;
  readonly kind: ChainCall["kind"];
  readonly tokenId: string;
  readonly toId: number;
  /** The sale that it belongs to. */
  readonly listingId?: string;
}

/** An operation on its way. */
export interface ChainOperation extends ChainCall {
  readonly tokenId: string;
  readonly listingId: string | null;
  /** As it was sent last; absent before it was signed, and for what came into a block in another transaction. */
  readonly signed: SignedCall | undefined;
  readonly blockNumber: number | undefined;
  /** Since it was signed, and since it was sent last, in milliseconds. */
  readonly signedAgoMs: number;
  readonly sentAgoMs: number;
}

interface Row {
  id: string;
  kind: ChainCall["kind"];
  token_id: string;
  to_id: string;
  listing_id: string | null;
  chain_token_id: string;
  nonce: string | null;
  payload: string | null;
  transaction_hash: string | null;
  block_number: string | null;
  signed_ago: number | null;
  sent_ago: number | null;
}

const FROM = `SELECT o.id, kind, token_id, to_id, listing_id, chain_token_id, nonce, payload, o.transaction_hash, o.block_number,
    extract(epoch FROM clock_timestamp() - signed_at)::float8 AS signed_ago, extract(epoch FROM clock_timestamp() - sent_at)::float8 AS sent_ago
  FROM chain_operations o JOIN tokens ON tokens.id = token_id`;

function toOperation(row: Row): ChainOperation {
  const { payload, nonce, transaction_hash: transactionHash } = row;
  return {
    id: row.id,
    kind: row.kind,
    tokenId: row.token_id,
    toId: Number(row.to_id),
    listingId: row.listing_id,
    chainTokenId: row.chain_token_id,
    signed: payload === null || nonce === null || transactionHash === null ? undefined : { payload, nonce: Number(nonce), transactionHash },
    blockNumber: row.block_number === null ? undefined : Number(row.block_number),
    signedAgoMs: (row.signed_ago ?? 0) * 1000,
    sentAgoMs: (row.sent_ago ?? Number.POSITIVE_INFINITY) * 1000,
  };
}

/** Writes down what is wanted, in the transaction that wants it. The same id again is nothing new. */
export async function wantOperation(tx: Transaction, wanted: WantedOperation): Promise<void> {
  await tx.query(
    `INSERT INTO chain_operations (id, chain, kind, token_id, to_id, listing_id) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
    [wanted.id, wanted.chain, wanted.kind, wanted.tokenId, wanted.toId, wanted.listingId ?? null],
  );
}

/** Signed and not in a block as far as is known, in the order of their numbers. */
export async function submittedOperations(queries: Queries, chain: string, limit: number): Promise<ChainOperation[]> {
  const rows = await queries.query<Row>(`${FROM} WHERE o.chain = $1 AND state = 'submitted' ORDER BY nonce LIMIT $2`, [chain, limit]);
  return rows.map(toOperation);
}

/** Operations that can be sent now, oldest first: of each token one, and none before the one that came before it is in a block. */
export async function sendableOperations(queries: Queries, chain: string, limit: number): Promise<ChainOperation[]> {
  const rows = await queries.query<Row>(
    `${FROM} WHERE o.chain = $1 AND state = 'pending' AND next_try_at <= clock_timestamp() AND NOT EXISTS (
       SELECT FROM chain_operations before WHERE before.token_id = o.token_id AND before.seq < o.seq AND before.state IN ('pending', 'submitted'))
     ORDER BY o.seq LIMIT $2`,
    [chain, limit],
  );
  return rows.map(toOperation);
}

/** In a block at this height or below, and not final yet. */
export async function deepOperations(queries: Queries, chain: string, height: number, limit: number): Promise<ChainOperation[]> {
  const rows = await queries.query<Row>(`${FROM} WHERE o.chain = $1 AND state = 'mined' AND o.block_number <= $2 ORDER BY o.block_number LIMIT $3`, [
    chain,
    height,
    limit,
  ]);
  return rows.map(toOperation);
}

/** Greatest number of the transactions that are on their way; absent without any. */
export async function lastNonce(queries: Queries, chain: string): Promise<number | undefined> {
  const [row] = await queries.query<{ last: string | null }>("SELECT max(nonce) AS last FROM chain_operations WHERE chain = $1 AND state = 'submitted'", [chain]);
  return row?.last == null ? undefined : Number(row.last);
}

/** Keeps what is about to be sent: from here on only this transaction is, whoever sends it. */
export async function keepSigned(queries: Queries, signed: readonly { readonly id: string; readonly signed: SignedCall }[]): Promise<void> {
  await queries.query(
    `UPDATE chain_operations o SET state = 'submitted', nonce = s.nonce, payload = s.payload, transaction_hash = s.hash, block_number = NULL,
       signed_at = clock_timestamp(), sent_at = NULL, last_error = NULL
     FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) AS s (id, nonce, payload, hash)
     WHERE o.id = s.id AND o.state IN ('pending', 'submitted')`,
    [signed.map(({ id }) => id), ...(["nonce", "payload", "transactionHash"] as const).map((key) => signed.map((one) => one.signed[key]))],
  );
}

export async function noteSent(queries: Queries, ids: readonly string[]): Promise<void> {
  await queries.query("UPDATE chain_operations SET sent_at = clock_timestamp() WHERE id = ANY ($1::text[])", [ids]);
}

/**
 * Notes the blocks of operations; tokens whose newest operation that is get to know it.
 * @returns listings whose sale they belong to
 */
export async function noteMined(
  tx: Transaction,
  mined: readonly { readonly id: string; readonly receipt: ChainReceipt }[],
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(
    `WITH mined AS (
       UPDATE chain_operations o SET state = 'mined', transaction_hash = m.hash, block_number = m.block, last_error = NULL
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS m (id, hash, block)
       WHERE o.id = m.id AND o.state <> 'final' RETURNING o.*),
     told AS (
       UPDATE tokens t SET transaction_hash = m.transaction_hash, block_number = m.block_number FROM mined m
       WHERE t.id = m.token_id AND NOT EXISTS (SELECT FROM chain_operations later WHERE later.token_id = m.token_id AND later.seq > m.seq))
     UPDATE listings l SET transfer_hash = m.transaction_hash, transfer_block = m.block_number FROM mined m
       WHERE l.id = m.listing_id RETURNING l.id`,
    [mined.map(({ id }) => id), mined.map(({ receipt }) => receipt.transactionHash), mined.map(({ receipt }) => receipt.blockNumber)],
  );
  return rows.map(({ id }) => id);
}

export async function noteFinal(queries: Queries, ids: readonly string[]): Promise<void> {
  await queries.query("UPDATE chain_operations SET state = 'final', payload = NULL WHERE id = ANY ($1::text[]) AND state = 'mined'", [ids]);
}

/** The block is gone, and the transaction waits for another one. */
export async function noteUnmined(queries: Queries, id: string): Promise<void> {
  await queries.query("UPDATE chain_operations SET state = 'submitted', block_number = NULL, sent_at = NULL WHERE id = $1 AND state = 'mined'", [id]);
}

/** Forgets a transaction that cannot have an effect any more: the operation is signed anew, after a wait in seconds. */
export async function startOver(queries: Queries, id: string, error: string, waitSeconds: number): Promise<void> {
  await queries.query(
    `UPDATE chain_operations SET state = 'pending', nonce = NULL, payload = NULL, transaction_hash = NULL, block_number = NULL, signed_at = NULL,
       sent_at = NULL, attempts = attempts + 1, last_error = $2,
       next_try_at = clock_timestamp() + make_interval(secs => $3 * least(100, power(2, least(attempts, 10))))
     WHERE id = $1 AND state <> 'final'`,
    [id, error.slice(0, 500), waitSeconds],
  );
}

/** Has this holder send to a chain for some seconds, unless another one does. */
export async function holdLease(queries: Queries, chain: string, holder: string, seconds: number): Promise<boolean> {
  const rows = await queries.query(
    `INSERT INTO chain_leases AS mine (chain, holder, until) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
     ON CONFLICT (chain) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE mine.holder = excluded.holder OR mine.until < clock_timestamp() RETURNING 1`,
    [chain, holder, seconds],
  );
  return rows.length > 0;
}

/** Lets the next one have it at once. */
export async function leaveLease(queries: Queries, chain: string, holder: string): Promise<void> {
  await queries.query("DELETE FROM chain_leases WHERE chain = $1 AND holder = $2", [chain, holder]);
}

export interface Backlog {
  readonly open: number;
  /** Age of the oldest operation that is in no block yet, in seconds. */
  readonly oldestSeconds: number;
}

export async function backlogOf(queries: Queries, chain: string): Promise<Backlog> {
  const [row] = await queries.query<{ open: string; age: number | null }>(
    `SELECT count(*) AS open, extract(epoch FROM clock_timestamp() - min(wanted_at))::float8 AS age
     FROM chain_operations WHERE chain = $1 AND state IN ('pending', 'submitted')`,
    [chain],
  );
  return { open: Number(row?.open ?? 0), oldestSeconds: Math.max(0, row?.age ?? 0) };
}
