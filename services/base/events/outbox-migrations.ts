import type { Migration } from "../postgres/migration.ts";

/**
 * Tables of the event bus, in every domain's schema. Their rights are granted by name, so that they do not hang on how
 * the database was set up.
 */
export const eventMigrations: readonly Migration[] = [
  {
    id: "base-0001-events",
    phase: "expand",
    sql: `
      CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY,
        event_id uuid PRIMARY KEY,
        type text NOT NULL,
        aggregate_id text NOT NULL,
        envelope json NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        sent_at timestamptz,
        stream_id text
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      CREATE INDEX outbox_unsent ON outbox (position) WHERE sent_at IS NULL;

      CREATE TABLE inbox (
        event_id uuid NOT NULL,
        group_name text NOT NULL,
        handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (event_id, group_name)
      );

      -- What the stream has to hold: its last entry, the oldest that some group may still want, and these groups.
      CREATE TABLE event_stream (
        stream text PRIMARY KEY,
        last_id text NOT NULL,
        settled_id text NOT NULL,
        groups text[] NOT NULL DEFAULT '{}'
      ) WITH (fillfactor = 50);

      DO $$
      DECLARE app text := current_schema() || '_app';
      BEGIN
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, inbox, event_stream TO %I', app);
      END
      $$;
    `,
  },
  {
    id: "base-0002-dead-letters",
    phase: "expand",
    // What the stream of dead letters has to hold for this domain's groups, so that it may be bounded and lost.
    sql: `
      CREATE TABLE dead_letters (
        group_name text NOT NULL,
        event_key text NOT NULL,
        letter json NOT NULL,
        buried_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (group_name, event_key)
      );
      DO $$
      DECLARE app text := current_schema() || '_app';
      BEGIN
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON dead_letters TO %I', app);
      END
      $$;
    `,
  },
];
