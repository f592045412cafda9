import { randomUUID } from "node:crypto";
import { forget, remember } from "../person.ts";
import { at, listAt, type Action } from "./action.ts";

/** What is traded, the well-known more often; a part of what the platform offers. */
const SYMBOLS = [
  { symbol: "BTC/USD", weight: 40 },
  { symbol: "ETH/USD", weight: 25 },
  { symbol: "SOL/USD", weight: 15 },
  { symbol: "DOGE/USD", weight: 12 },
  { symbol: "LINK/USD", weight: 8 },
] as const;

/** Worth of an order: mostly little. Above the last, an account's balance is soon used up. */
const AMOUNTS = [
  { from: 10, to: 100, weight: 60 },
  { from: 100, to: 1_000, weight: 32 },
  { from: 1_000, to: 20_000, weight: 8 },
] as const;

const LEVERAGES = [
  { leverage: 1, weight: 70 },
  { leverage: 2, weight: 20 },
  { leverage: 5, weight: 8 },
  { leverage: 10, weight: 2 },
] as const;

/** So long is the list of open positions that a person looks at. */
const PAGE = 20;

export const tradingActions: readonly Action[] = [
  {
    name: "prices",
    service: "trading",
    weight: 16,
    wish: (person) => ({
      method: "GET",
      path: person.random.chance(0.5) ? "trading/prices" : `trading/prices/${person.random.weighted(SYMBOLS).symbol.replace("/", "-")}`,
    }),
  },
  {
    name: "trade",
    service: "trading",
    weight: 22,
    signedIn: true,
    wish: (person) => {
      const { random } = person;
      const { from, to } = random.weighted(AMOUNTS);
      return {
        method: "POST",
        path: "trading/execute",
        // As an app does it, so that a trade that is sent again is not made again.
        headers: { "idempotency-key": randomUUID() },
        body: {
          user_id: person.userId,
          asset_symbol: random.weighted(SYMBOLS).symbol,
          direction: random.chance(0.6) ? "LONG" : "SHORT",
          amount: `${random.between(from, to)}.${String(random.between(0, 99)).padStart(2, "0")}`,
          leverage: random.weighted(LEVERAGES).leverage,
        },
        learn: (body) => {
          const id = at(body, "trade", "positionId");
          if (typeof id === "string") remember(person.openPositions, id);
        },
      };
    },
  },
  {
    name: "close-position",
    service: "trading",
    weight: 11,
    signedIn: true,
    possible: (person) => person.openPositions.length > 0,
    wish: (person) => {
      const id = person.random.pick(person.openPositions);
      forget(person.openPositions, id);
      return { method: "POST", path: `trading/positions/${id}/close`, headers: { "idempotency-key": randomUUID() } };
    },
  },
  {
    name: "positions",
    service: "trading",
    weight: 8,
    signedIn: true,
    wish: (person) => ({
      method: "GET",
      path: `trading/positions?limit=${PAGE}`,
      learn: (body) => {
        for (const position of listAt(body, "positions")) {
          const id = at(position, "id");
          if (typeof id === "string") remember(person.openPositions, id);
        }
      },
    }),
  },
  { name: "account", service: "trading", weight: 3, signedIn: true, wish: () => ({ method: "GET", path: "trading/account" }) },
];
