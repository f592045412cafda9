import { Decimal } from "decimal.js";
import type { Transaction } from "../base/postgres/database.ts";
import { queryLast } from "../base/postgres/transaction-hooks.ts";
import type { Direction } from "./pricing.ts";
import type { Settlement } from "./profit.ts";

export interface Position {
  readonly id: string;
  readonly userId: number;
  readonly symbol: string;
  readonly direction: Direction;
  readonly leverage: number;
  /** Base currency. */
  readonly quantity: Decimal;
  /** Worth at the opening, in quote currency. */
  readonly amount: Decimal;
  readonly margin: Decimal;
  readonly entryPrice: Decimal;
  readonly openedAt: Date;
  /** How it ended; absent while it is open. */
  readonly closed?: { readonly price: Decimal; readonly profit: Decimal; readonly at: Date };
}

export interface OpeningTrade {
  readonly id: string;
  readonly position: Position;
  readonly fee: Decimal;
}

export interface ClosingTrade {
  readonly id: string;
  readonly position: Position;
  readonly price: Decimal;
  readonly settlement: Settlement;
  readonly at: Date;
}

export type StatusFilter = "open" | "closed" | "all";

interface Row {
  id: string;
  user_id: string;
  symbol: string;
  direction: Direction;
  leverage: number;
  quantity: string;
  amount: string;
  margin: string;
  entry_price: string;
  opened_at: Date;
  close_price: string | null;
  profit: string | null;
  closed_at: Date | null;
}

type Queries = Pick<Transaction, "query">;

const COLUMNS =
  "id, user_id, symbol, direction, leverage, quantity, amount, margin, entry_price, opened_at, close_price, profit, closed_at";

function toPosition(row: Row): Position {
  return {
    id: row.id,
    userId: Number(row.user_id),
    symbol: row.symbol,
    direction: row.direction,
    leverage: row.leverage,
    quantity: new Decimal(row.quantity),
    amount: new Decimal(row.amount),
    margin: new Decimal(row.margin),
    entryPrice: new Decimal(row.entry_price),
    openedAt: row.opened_at,
    ...(row.close_price !== null && row.profit !== null && row.closed_at !== null
      ? { closed: { price: new Decimal(row.close_price), profit: new Decimal(row.profit), at: row.closed_at } }
      : {}),
  };
}

/**
 * Opens positions and takes margins and fees from the accounts, in one statement that goes with the commit: one position for
 * each account. The accounts are locked; were one not there all the same, dividing by zero would roll everything back.
 */
export async function recordOpenings(tx: Transaction, openings: readonly OpeningTrade[]): Promise<void> {
  await queryLast(
    tx,
    `WITH given AS (
       SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::numeric[], $7::numeric[],
                            $8::numeric[], $9::numeric[], $10::timestamptz[], $11::uuid[], $12::numeric[])
         AS given (id, user_id, symbol, direction, leverage, quantity, amount, margin, entry_price, opened_at, trade_id, fee)
     ), position AS (
       INSERT INTO positions (id, user_id, symbol, direction, leverage, quantity, amount, margin, entry_price, opened_at)
       SELECT id, user_id, symbol, direction, leverage, quantity, amount, margin, entry_price, opened_at FROM given
     ), trade AS (
       INSERT INTO trades (id, position_id, user_id, effect, price, quantity, amount, fee, executed_at)
       SELECT trade_id, id, user_id, 'open', entry_price, quantity, amount, fee, opened_at FROM given
     ), account AS (
       UPDATE accounts
          SET balance = balance - given.margin - given.fee, margin = accounts.margin + given.margin,
              exposure = exposure + given.amount, open_positions = open_positions + 1
         FROM given
        WHERE accounts.user_id = given.user_id RETURNING 1
     )
     SELECT 1 / (count(*) = (SELECT count(*) FROM given))::integer FROM account`,
    [
      openings.map(({ position }) => position.id),
      openings.map(({ position }) => position.userId),
      openings.map(({ position }) => position.symbol),
      openings.map(({ position }) => position.direction),
      openings.map(({ position }) => position.leverage),
      openings.map(({ position }) => position.quantity.toFixed()),
      openings.map(({ position }) => position.amount.toFixed()),
      openings.map(({ position }) => position.margin.toFixed()),
      openings.map(({ position }) => position.entryPrice.toFixed()),
      openings.map(({ position }) => position.openedAt.toISOString()),
      openings.map(({ id }) => id),
      openings.map(({ fee }) => fee.toFixed()),
    ],
  );
}

/**
 * Closes an open position and gives its payout to the account, in one statement that goes with the commit. Account and
 * position are locked; were the position not open all the same, dividing by zero would roll everything back.
 */
export async function recordClosing(tx: Transaction, { id, position, price, settlement, at }: ClosingTrade): Promise<void> {
  await queryLast(
    tx,
    `WITH position AS (
       UPDATE positions SET status = 'closed', close_price = $3, profit = $4, closed_at = $5
        WHERE id = $1 AND user_id = $2 AND status = 'open' RETURNING id, amount, margin, quantity
     ), trade AS (
       INSERT INTO trades (id, position_id, user_id, effect, price, quantity, amount, fee, executed_at)
       SELECT $6, id, $2, 'close', $3, quantity, $7, $8, $5 FROM position
     ), account AS (
       UPDATE accounts
          SET balance = balance + $9::numeric, margin = accounts.margin - position.margin,
              exposure = exposure - position.amount, open_positions = open_positions - 1
         FROM position
        WHERE user_id = $2 RETURNING 1
     )
     SELECT 1 / count(*) FROM account`,
    [
      position.id,
      position.userId,
      price.toFixed(),
      settlement.profit.toFixed(),
      at,
      id,
      settlement.amount.toFixed(),
      settlement.fee.toFixed(),
      settlement.payout.toFixed(),
    ],
  );
}

/** A position of this user; another's is not found. */
export async function findPosition(queries: Queries, userId: number, id: string): Promise<Position | undefined> {
  const [row] = await queries.query<Row>(`SELECT ${COLUMNS} FROM positions WHERE id = $1 AND user_id = $2`, [id, userId]);
  return row && toPosition(row);
}

/** Positions of a user, newest first, those before `cursor` (a position id). */
export async function listPositions(
  queries: Queries,
  userId: number,
  page: { readonly status: StatusFilter; readonly cursor?: string | undefined; readonly limit: number },
): Promise<Position[]> {
  const status = page.status === "all" ? "" : ` AND status = '${page.status}'`;
  const rows = await queries.query<Row>(
    `SELECT ${COLUMNS} FROM positions WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)${status} ORDER BY id DESC LIMIT $3`,
    [userId, page.cursor ?? null, page.limit],
  );
  return rows.map(toPosition);
}
