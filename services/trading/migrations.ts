import type { Migration } from "../base/postgres/migration.ts";

export const migrations: readonly Migration[] = [
  {
    id: "0001-accounts",
    phase: "expand",
    // Exposure and the number of open positions stand on the account's row, which every order locks anyway:
    // a risk check costs the same with one open position and with ten thousand.
    sql: `
      CREATE TABLE accounts (
        user_id        bigint PRIMARY KEY,
        tier           text NOT NULL,
        currency       text NOT NULL DEFAULT 'USD',
        balance        numeric(20, 2) NOT NULL CHECK (balance >= 0),
        margin         numeric(20, 2) NOT NULL DEFAULT 0 CHECK (margin >= 0),
        exposure       numeric(20, 2) NOT NULL DEFAULT 0 CHECK (exposure >= 0),
        open_positions integer NOT NULL DEFAULT 0 CHECK (open_positions >= 0),
        opened_at      timestamptz NOT NULL DEFAULT now()
      );
    `,
  },
  {
    id: "0002-positions-and-trades",
    phase: "expand",
    // Ids are UUIDv7: their order is the order of opening, so that they serve as page cursors.
    sql: `
      CREATE TABLE positions (
        id          uuid PRIMARY KEY,
        user_id     bigint NOT NULL REFERENCES accounts,
        symbol      text NOT NULL,
        direction   text NOT NULL CHECK (direction IN ('LONG', 'SHORT')),
        leverage    integer NOT NULL CHECK (leverage BETWEEN 1 AND 10),
        quantity    numeric(30, 8) NOT NULL CHECK (quantity > 0),
        amount      numeric(20, 2) NOT NULL CHECK (amount > 0),
        margin      numeric(20, 2) NOT NULL CHECK (margin > 0),
        entry_price numeric(20, 8) NOT NULL CHECK (entry_price > 0),
        opened_at   timestamptz NOT NULL,
        status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
        close_price numeric(20, 8),
        profit      numeric(20, 2),
        closed_at   timestamptz,
        CHECK ((status = 'closed') = (close_price IS NOT NULL AND profit IS NOT NULL AND closed_at IS NOT NULL))
      );
      CREATE INDEX positions_by_user ON positions (user_id, id DESC);
      CREATE INDEX positions_open_by_user ON positions (user_id, id DESC) WHERE status = 'open';

      CREATE TABLE trades (
        id          uuid PRIMARY KEY,
        position_id uuid NOT NULL REFERENCES positions,
        user_id     bigint NOT NULL,
        effect      text NOT NULL CHECK (effect IN ('open', 'close')),
        price       numeric(20, 8) NOT NULL CHECK (price > 0),
        quantity    numeric(30, 8) NOT NULL CHECK (quantity > 0),
        amount      numeric(20, 2) NOT NULL CHECK (amount >= 0),
        fee         numeric(20, 2) NOT NULL CHECK (fee >= 0),
        executed_at timestamptz NOT NULL,
        UNIQUE (position_id, effect)
      );
    `,
  },
  {
    id: "0003-idempotency",
    phase: "expand",
    sql: `
      CREATE TABLE idempotency_keys (
        user_id      bigint NOT NULL,
        key          text NOT NULL,
        request_hash text NOT NULL,
        response     jsonb,
        created_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, key)
      );
      CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
    `,
  },
  {
    id: "0004-entitlements",
    phase: "expand",
    // Beside the account: a subscription may be told of before the account is open.
    sql: `
      CREATE TABLE entitlements (
        user_id         bigint PRIMARY KEY,
        subscription_id text NOT NULL,
        plan            text NOT NULL,
        ends_at         timestamptz NOT NULL
      );
    `,
  },
];
