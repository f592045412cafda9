import { Decimal } from "decimal.js";
import type { Transaction } from "../base/postgres/database.ts";
import type { ListingStatus } from "./listing-rules.ts";
import type { Rarity } from "./reward-catalogue.ts";

export interface Listing {
  readonly id: string;
  readonly tokenId: string;
  readonly sellerId: number;
  readonly price: Decimal;
  readonly status: ListingStatus;
  readonly listedAt: Date;
}

/** A listing together with what it offers. */
export interface Offer extends Listing {
  /** Key of the chain that the token is on. */
  readonly chain: string;
  readonly chainTokenId: string;
  readonly name: string;
  readonly rarity: Rarity;
  readonly achievement: string;
}

interface Row {
  id: string;
  token_id: string;
  seller_id: string;
  price: string;
  status: ListingStatus;
  listed_at: Date;
}

interface OfferRow extends Row {
  chain: string;
  chain_token_id: string;
  name: string;
  rarity: Rarity;
  achievement: string;
}

type Queries = Pick<Transaction, "query">;

function toListing(row: Row): Listing {
  return {
    id: row.id,
    tokenId: row.token_id,
    sellerId: Number(row.seller_id),
    price: new Decimal(row.price),
    status: row.status,
    listedAt: row.listed_at,
  };
}

function toOffer(row: OfferRow): Offer {
  const { chain, name, rarity, achievement } = row;
  return { ...toListing(row), chain, chainTokenId: row.chain_token_id, name, rarity, achievement };
}

const OFFER =
  `SELECT listings.id, token_id, seller_id, price, status, listed_at, chain, chain_token_id, name, rarity, achievement
     FROM listings JOIN tokens ON tokens.id = listings.token_id`;

/** Whether it was listed; not when the token has an open listing already. */
export async function insertListing(tx: Transaction, listing: Omit<Listing, "status">): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO listings (id, token_id, seller_id, price, listed_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (token_id) WHERE status = 'open' DO NOTHING RETURNING 1`,
    [listing.id, listing.tokenId, listing.sellerId, listing.price.toFixed(), listing.listedAt],
  );
  return rows.length === 1;
}

/**
 * The listing, which nobody else ends until the transaction ends: of two buyers, one waits and finds it sold. Its token
 * is locked first, as when a token is listed, so that a sale and a new listing never wait for each other.
 */
export async function lockOffer(tx: Transaction, id: string): Promise<Offer | undefined> {
  await tx.query("SELECT 1 FROM tokens WHERE id = (SELECT token_id FROM listings WHERE id = $1) FOR UPDATE", [id]);
  const [row] = await tx.query<OfferRow>(`${OFFER} WHERE listings.id = $1 FOR UPDATE OF listings`, [id]);
  return row && toOffer(row);
}

export async function endSold(
  tx: Transaction,
  sale: {
    readonly id: string;
    readonly buyerId: number;
    readonly commission: Decimal;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query("UPDATE listings SET status = 'sold', buyer_id = $2, commission = $3, ended_at = $4 WHERE id = $1", [
    sale.id,
    sale.buyerId,
    sale.commission.toFixed(),
    sale.at,
  ]);
}

export async function endCancelled(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.query("UPDATE listings SET status = 'cancelled', ended_at = $2 WHERE id = $1", [id, at]);
}

/** Open listings, newest first, those before `cursor` (a listing's id). */
export async function listOffers(
  queries: Queries,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Offer[]> {
  const rows = await queries.query<OfferRow>(
    `${OFFER} WHERE listings.status = 'open' AND ($1::uuid IS NULL OR listings.id < $1) ORDER BY listings.id DESC LIMIT $2`,
    [page.cursor ?? null, page.limit],
  );
  return rows.map(toOffer);
}
