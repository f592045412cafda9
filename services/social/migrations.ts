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
  {
    id: "0003-groups",
    phase: "expand",
    // What is posted in a group stands in the feed's own table, so that likes and comments are the same everywhere.
    sql: `
      CREATE TABLE groups (
        id uuid PRIMARY KEY,
        name text NOT NULL CHECK (char_length(name) BETWEEN 3 AND 64),
        description text NOT NULL CHECK (char_length(description) <= 500),
        privacy text NOT NULL CHECK (privacy IN ('public', 'private')),
        owner_id bigint NOT NULL,
        members integer NOT NULL DEFAULT 0 CHECK (members >= 0),
        created_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX groups_name_key ON groups (lower(name));

      CREATE TABLE group_members (
        group_id uuid NOT NULL REFERENCES groups,
        user_id bigint NOT NULL,
        joined_at timestamptz NOT NULL,
        PRIMARY KEY (group_id, user_id)
      );
      CREATE INDEX group_members_by_user ON group_members (user_id, group_id);

      ALTER TABLE entries ADD COLUMN group_id uuid REFERENCES groups;
      CREATE INDEX entries_of_group ON entries (group_id, id DESC) WHERE group_id IS NOT NULL;
      CREATE INDEX follows_by_followed ON follows (followed_id) WHERE active;
    `,
  },
];
