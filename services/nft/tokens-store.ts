import type { Transaction } from "../base/postgres/database.ts";
import type { Rarity } from "./reward-catalogue.ts";

export interface Token {
  readonly id: string;
  /** Key of the chain that it is on. */
  readonly chain: string;
  /** Number in the contract, as decimal text. */
  readonly chainTokenId: string;
  readonly ownerId: number;
  readonly earnedBy: number;
  readonly achievement: string;
  readonly name: string;
  readonly rarity: Rarity;
  /** Of the newest operation, minting or the last change of owner; null until the chain has taken it. */
  readonly transactionHash: string | null;
  readonly blockNumber: number | null;
  readonly mintedAt: Date;
}

/** A token as its owner sees it. */
export interface OwnedToken extends Token {
  /** The open listing that offers it. */
  readonly listingId: string | null;
}

interface Row {
  id: string;
  chain: string;
  chain_token_id: string;
  owner_id: string;
  earned_by: string;
  achievement: string;
  name: string;
  rarity: Rarity;
  transaction_hash: string | null;
  block_number: string | null;
  minted_at: Date;
}

type Queries = Pick<Transaction, "query">;

const COLUMNS =
  "tokens.id, chain, chain_token_id, owner_id, earned_by, achievement, name, rarity, transaction_hash, block_number, minted_at";

function toToken(row: Row): Token {
  return {
    id: row.id,
    chain: row.chain,
    chainTokenId: row.chain_token_id,
    ownerId: Number(row.owner_id),
    earnedBy: Number(row.earned_by),
    achievement: row.achievement,
    name: row.name,
    rarity: row.rarity,
    transactionHash: row.transaction_hash,
    blockNumber: row.block_number === null ? null : Number(row.block_number),
    mintedAt: row.minted_at,
  };
}

/** Whether the user's achievement has been rewarded already. */
export async function isRewarded(tx: Transaction, userId: number, achievement: string): Promise<boolean> {
  const rows = await tx.query("SELECT 1 FROM tokens WHERE earned_by = $1 AND achievement = $2", [userId, achievement]);
  return rows.length > 0;
}

export async function insertToken(tx: Transaction, token: Omit<Token, "transactionHash" | "blockNumber">): Promise<void> {
  await tx.query(
    `INSERT INTO tokens (id, chain, chain_token_id, owner_id, earned_by, achievement, name, rarity, minted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [token.id, token.chain, token.chainTokenId, token.ownerId, token.earnedBy, token.achievement, token.name, token.rarity, token.mintedAt],
  );
}

/** A token of this owner, which nobody else changes until the transaction ends; another's is not found. */
export async function lockOwnToken(tx: Transaction, ownerId: number, id: string): Promise<Token | undefined> {
  const [row] = await tx.query<Row>(`SELECT ${COLUMNS} FROM tokens WHERE id = $1 AND owner_id = $2 FOR UPDATE`, [id, ownerId]);
  return row && toToken(row);
}

/** Gives a token to another owner; the chain has yet to follow. */
export async function changeOwner(tx: Transaction, change: { readonly tokenId: string; readonly ownerId: number }): Promise<void> {
  await tx.query("UPDATE tokens SET owner_id = $2, transaction_hash = NULL, block_number = NULL WHERE id = $1", [change.tokenId, change.ownerId]);
}

/** Tokens of an owner, newest first, those before `cursor` (a token's id). */
export async function listOwnTokens(
  queries: Queries,
  ownerId: number,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<OwnedToken[]> {
  const rows = await queries.query<Row & { listing_id: string | null }>(
    `SELECT ${COLUMNS}, listings.id AS listing_id
       FROM tokens LEFT JOIN listings ON listings.token_id = tokens.id AND listings.status = 'open'
      WHERE owner_id = $1 AND ($2::uuid IS NULL OR tokens.id < $2) ORDER BY tokens.id DESC LIMIT $3`,
    [ownerId, page.cursor ?? null, page.limit],
  );
  return rows.map((row) => ({ ...toToken(row), listingId: row.listing_id }));
}
