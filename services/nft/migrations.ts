import type { Migration } from "../base/postgres/migration.ts";

export const migrations: readonly Migration[] = [
  {
    id: "0001-tokens",
    phase: "expand",
    // One reward for each achievement of each user, whoever owns it later.
    sql: `
      CREATE TABLE tokens (
        id               uuid PRIMARY KEY,
        chain_token_id   numeric(78) NOT NULL UNIQUE,
        owner_id         bigint NOT NULL,
        earned_by        bigint NOT NULL,
        achievement      text NOT NULL,
        name             text NOT NULL,
        rarity           text NOT NULL CHECK (rarity IN ('common', 'rare', 'epic', 'legendary')),
        transaction_hash text NOT NULL,
        block_number     bigint NOT NULL CHECK (block_number >= 0),
        minted_at        timestamptz NOT NULL,
        UNIQUE (earned_by, achievement)
      );
      CREATE INDEX tokens_by_owner ON tokens (owner_id, id DESC);
    `,
  },
  {
    id: "0002-marketplace",
    phase: "expand",
    // At most one open listing of a token. Ids are UUIDv7, so that they serve as page cursors.
    sql: `
      CREATE TABLE listings (
        id         uuid PRIMARY KEY,
        token_id   uuid NOT NULL REFERENCES tokens,
        seller_id  bigint NOT NULL,
        price      numeric(20, 2) NOT NULL CHECK (price > 0),
        status     text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'sold', 'cancelled')),
        listed_at  timestamptz NOT NULL,
        ended_at   timestamptz,
        buyer_id   bigint,
        commission numeric(20, 2) CHECK (commission >= 0),
        CHECK ((status = 'open') = (ended_at IS NULL)),
        CHECK ((status = 'sold') = (buyer_id IS NOT NULL AND commission IS NOT NULL))
      );
      CREATE UNIQUE INDEX listings_one_open ON listings (token_id) WHERE status = 'open';
      CREATE INDEX listings_open ON listings (id DESC) WHERE status = 'open';
    `,
  },
  {
    id: "0003-wallets",
    phase: "expand",
    sql: `
      CREATE TABLE wallets (
        user_id   bigint PRIMARY KEY,
        balance   numeric(20, 2) NOT NULL CHECK (balance >= 0),
        opened_at timestamptz NOT NULL DEFAULT now()
      );
    `,
  },
  {
    id: "0004-settlements",
    phase: "expand",
    // `sold`: the transfer waits for its blocks. `confirming`: its confirmation is published. `final`: and handled.
    sql: `
      CREATE TABLE settlements (
        listing_id       uuid PRIMARY KEY,
        token_id         uuid NOT NULL,
        state            text NOT NULL CHECK (state IN ('listed', 'sold', 'confirming', 'final')),
        buyer_id         bigint,
        transaction_hash text,
        block_number     bigint CHECK (block_number >= 0),
        changed_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK ((state = 'listed') = (transaction_hash IS NULL)),
        CHECK ((buyer_id IS NULL) = (transaction_hash IS NULL) AND (block_number IS NULL) = (transaction_hash IS NULL))
      );
      CREATE INDEX settlements_waiting ON settlements (block_number) WHERE state = 'sold';
      -- The transfer of a sale, as the sale got it: the token may have been sold on before the settlement is told. Names
      -- that tokens does not have: the other colour joins both tables by unqualified ones.
      ALTER TABLE listings ADD COLUMN transfer_hash text, ADD COLUMN transfer_block bigint CHECK (transfer_block >= 0);
    `,
  },
  {
    id: "0005-chain-operations",
    phase: "expand",
    // What is wanted of a chain, written down in the transaction that wants it, and what has become of it. `submitted`: signed,
    // and sent at least once or about to be. A token's operations go one after the other, by seq.
    sql: `
      CREATE TABLE chain_operations (
        id               text PRIMARY KEY,
        seq              bigint GENERATED ALWAYS AS IDENTITY,
        chain            text NOT NULL,
        kind             text NOT NULL CHECK (kind IN ('mint', 'transfer')),
        token_id         uuid NOT NULL REFERENCES tokens,
        to_id            bigint NOT NULL,
        listing_id       uuid REFERENCES listings,
        state            text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'submitted', 'mined', 'final')),
        nonce            bigint CHECK (nonce >= 0),
        payload          text,
        transaction_hash text,
        block_number     bigint CHECK (block_number >= 0),
        signed_at        timestamptz,
        sent_at          timestamptz,
        attempts         integer NOT NULL DEFAULT 0,
        next_try_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        last_error       text,
        wanted_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK ((state = 'pending') = (transaction_hash IS NULL)),
        CHECK ((state IN ('mined', 'final')) = (block_number IS NOT NULL))
      );
      -- Two transactions of one number: one of them would never come into a block.
      CREATE UNIQUE INDEX chain_operations_nonce ON chain_operations (chain, nonce) WHERE state = 'submitted';
      CREATE INDEX chain_operations_open ON chain_operations (chain, seq) WHERE state <> 'final';
      CREATE INDEX chain_operations_unmined ON chain_operations (token_id, seq) WHERE state IN ('pending', 'submitted');
      CREATE INDEX chain_operations_of_listing ON chain_operations (listing_id) WHERE listing_id IS NOT NULL;

      -- Who sends to a chain now. It may change at any time: what is sent twice has one effect.
      CREATE TABLE chain_leases (
        chain  text PRIMARY KEY,
        holder text NOT NULL,
        until  timestamptz NOT NULL
      );

      ALTER TABLE tokens ADD COLUMN chain text NOT NULL DEFAULT 'simulated';
      -- Absent until the chain has taken the newest operation.
      ALTER TABLE tokens ALTER COLUMN transaction_hash DROP NOT NULL, ALTER COLUMN block_number DROP NOT NULL;
    `,
  },
];
