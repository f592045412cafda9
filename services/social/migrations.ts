import type { Migration } from "../base/postgres/migration.ts";

export const migrations: readonly Migration[] = [
  {
    id: "0001-feed",
    phase: "expand",
    // An entry's id is a UUIDv7 of when it happened: its order is the feed's order. An entry made from an event has
    // that event's id.
    sql: `
      CREATE TABLE entries (
        id uuid PRIMARY KEY,
        type text NOT NULL CHECK (type IN ('trade', 'achievement', 'nft', 'post')),
        user_id bigint NOT NULL,
        text text NOT NULL,
        details jsonb NOT NULL DEFAULT '{}',
        likes integer NOT NULL DEFAULT 0 CHECK (likes >= 0),
        comments integer NOT NULL DEFAULT 0 CHECK (comments >= 0),
        occurred_at timestamptz NOT NULL
      );
      CREATE INDEX entries_of_user ON entries (user_id, id DESC);

      CREATE TABLE comments (
        id uuid PRIMARY KEY,
        entry_id uuid NOT NULL REFERENCES entries,
        user_id bigint NOT NULL,
        text text NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX comments_of_entry ON comments (entry_id, id DESC);
    `,
  },
  {
    id: "0002-interactions",
    phase: "expand",
    // What is taken back keeps its row, so that doing it again is known not to be the first time.
    sql: `
      CREATE TABLE likes (
        entry_id uuid NOT NULL REFERENCES entries,
        user_id bigint NOT NULL,
        active boolean NOT NULL,
        first_at timestamptz NOT NULL,
        PRIMARY KEY (entry_id, user_id)
      );

      CREATE TABLE follows (
        follower_id bigint NOT NULL,
        followed_id bigint NOT NULL CHECK (followed_id <> follower_id),
        active boolean NOT NULL,
        first_at timestamptz NOT NULL,
        PRIMARY KEY (follower_id, followed_id)
      );
    `,
  },
];
