import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Decimal } from "decimal.js";
import { parseMoney } from "../base/money.ts";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { findAccount } from "./accounts-store.ts";
import { ensureAccount, type Evidence } from "./account-opener.ts";
import { type PriceFeed, PriceUnavailable, type Quote } from "./feed/price-feed.ts";
import { type IdempotentRequest, requestHash } from "./idempotency-store.ts";
import { findInstrument, type Instrument, instruments, knownSymbols } from "./instruments.ts";
import { closePosition, executeOrder, type TradingParts } from "./orders.ts";
import { listPositions, type Position } from "./positions-store.ts";
import {
  AccountReply,
  CloseBody,
  CloseReply,
  ExecuteBody,
  ExecuteReply,
  IdempotencyHeaders,
  PositionParams,
  PositionsQuery,
  PositionsReply,
  PriceParams,
  PriceReply,
  PricesReply,
} from "./schemas.ts";
import { accountView, positionView, priceToClose, priceView } from "./views.ts";

/** Marks a route in the API document as one that asks who is calling. */
const SIGNED_IN = [{ token: [] }];

/** Header of an answer that was given before. */
const REPLAYED = "idempotency-replayed";

function idempotencyOf(
  userId: number,
  key: string | undefined,
  operation: string,
  content: unknown,
): IdempotentRequest | undefined {
  return key === undefined ? undefined : { userId, key, hash: requestHash(operation, content) };
}

/** @throws Problem `invalid-amount` (400), which names the field. */
function amountOf(value: number | string): Decimal {
  try {
    return parseMoney(value);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, title, detail } = error;
    throw new Problem({ status, code, title, errors: [{ path: "/body/amount", message: detail ?? title }] });
  }
}

/** The feed's quote, or none while it has none: for what is only looked at. */
async function quoteIfAny(feed: PriceFeed, instrument: Instrument): Promise<Quote | undefined> {
  try {
    return await feed.quote(instrument);
  } catch (error) {
    if (error instanceof PriceUnavailable) return undefined;
    throw error;
  }
}

async function viewOf(feed: PriceFeed, position: Position) {
  const instrument = findInstrument(position.symbol);
  const quote = !position.closed && instrument ? await quoteIfAny(feed, instrument) : undefined;
  return positionView(position, instrument && quote && priceToClose(position, quote, instrument));
}

/** Orders: opening and closing positions. */
export function orderRoutes(app: ServiceApp, context: ServiceContext, parts: TradingParts): void {
  const { auth, config, metrics } = context;
  const execute = metrics.operation("execute-trade");
  const close = metrics.operation("close-position");
  // In production nobody is believed without a token; in dev a request may come with a bare user id.
  const evidenceOf = (request: FastifyRequest): Evidence =>
    config.mode === "production" || request.headers.authorization !== undefined ? "token" : "word";

  app.post(
    "/execute",
    {
      schema: {
        summary: "Execute a market order: open a position at the feed's price",
        tags: ["orders"],
        security: SIGNED_IN,
        headers: IdempotencyHeaders,
        body: ExecuteBody,
        response: { 201: ExecuteReply },
      },
    },
    (request, reply) =>
      execute.run(async () => {
        const { body } = request;
        const userId = await auth.requireUser(request, body.user_id);
        const { response, replayed } = await executeOrder(
          parts,
          {
            userId,
            symbol: body.asset_symbol,
            direction: body.direction,
            amount: amountOf(body.amount),
            leverage: body.leverage ?? 1,
          },
          {
            evidence: evidenceOf(request),
            idempotency: idempotencyOf(userId, request.headers["idempotency-key"], "execute", body),
          },
        );
        if (replayed) reply.header(REPLAYED, "true");
        return reply.code(201).send(response);
      }),
  );

  app.post(
    "/positions/:id/close",
    {
      schema: {
        summary: "Close one of the caller's positions at the feed's price",
        tags: ["orders"],
        security: SIGNED_IN,
        headers: IdempotencyHeaders,
        params: PositionParams,
        body: Type.Union([CloseBody, Type.Null()]),
        response: { 200: CloseReply },
      },
    },
    (request, reply) =>
      close.run(async () => {
        const { id } = request.params;
        const userId = await auth.requireUser(request, request.body?.user_id);
        const idempotency = idempotencyOf(userId, request.headers["idempotency-key"], "close", id);
        const { response, replayed } = await closePosition(parts, { userId, id }, idempotency);
        if (replayed) reply.header(REPLAYED, "true");
        return reply.send(response);
      }),
  );

  app.get(
    "/positions",
    { schema: { summary: "The caller's positions, newest first", tags: ["orders"], security: SIGNED_IN, querystring: PositionsQuery, response: { 200: PositionsReply } } },
    async (request) => {
      const userId = await auth.requireUser(request);
      const { status = "open", cursor, limit = 50 } = request.query;
      const found = await listPositions(parts.database, userId, { status, cursor, limit: limit + 1 });
      const page = found.slice(0, limit);
      return {
        positions: await Promise.all(page.map((position) => viewOf(parts.feed, position))),
        nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.get(
    "/account",
    { schema: { summary: "The caller's trading account and its limits", tags: ["account"], security: SIGNED_IN, response: { 200: AccountReply } } },
    async (request) => {
      const userId = await auth.requireUser(request);
      const known = await findAccount(parts.database, userId);
      if (known) return accountView(known);
      await ensureAccount(parts.database, userId, evidenceOf(request));
      const opened = await findAccount(parts.database, userId);
      if (!opened) throw new Error(`the account of user ${userId} was opened and is not there`);
      return accountView(opened);
    },
  );
}

/** Prices, for everybody. */
export function priceRoutes(app: ServiceApp, feed: PriceFeed): void {
  app.get(
    "/prices",
    { schema: { summary: "Prices of all assets; those without a price are left out", tags: ["prices"], response: { 200: PricesReply } } },
    async () => {
      const quotes = await Promise.all(
        instruments.map(async (instrument) => ({ instrument, quote: await quoteIfAny(feed, instrument) })),
      );
      return {
        feed: feed.name,
        prices: quotes.flatMap(({ instrument, quote }) => (quote ? [priceView(quote, instrument)] : [])),
      };
    },
  );

  app.get(
    "/prices/:symbol",
    { schema: { summary: "Price of one asset", tags: ["prices"], params: PriceParams, response: { 200: PriceReply } } },
    async (request) => {
      const { symbol } = request.params;
      const instrument = findInstrument(symbol);
      if (!instrument) {
        throw new Problem({
          status: 404,
          code: "unknown-symbol",
          title: "There is no such asset",
          errors: [{ path: "/params/symbol", message: `"${symbol}" is not traded here; known: ${knownSymbols}` }],
        });
      }
      const quote = await quoteIfAny(feed, instrument);
      if (quote) return priceView(quote, instrument);
      throw new Problem({ status: 503, code: "price-unavailable", title: "There is no price now", retryAfterSeconds: 5 });
    },
  );
}
