import type { Migration } from "../base/postgres/migration.ts";

export const migrations: readonly Migration[] = [
  {
    id: "0001-players",
    phase: "expand",
    sql: `
      CREATE TABLE players (
        user_id bigint PRIMARY KEY,
        username text,
        xp bigint NOT NULL DEFAULT 0 CHECK (xp >= 0),
        level integer NOT NULL DEFAULT 1 CHECK (level >= 1),
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE player_counters (
        user_id bigint NOT NULL REFERENCES players,
        counter text NOT NULL,
        value numeric NOT NULL CHECK (value >= 0),
        PRIMARY KEY (user_id, counter)
      );

      CREATE TABLE xp_awards (
        user_id bigint NOT NULL REFERENCES players,
        reason text NOT NULL,
        xp integer NOT NULL CHECK (xp > 0),
        source_event uuid NOT NULL,
        awarded_at timestamptz NOT NULL,
        PRIMARY KEY (source_event, user_id, reason)
      );
      CREATE INDEX xp_awards_by_player ON xp_awards (user_id, reason, awarded_at);

      CREATE TABLE unlocked_achievements (
        user_id bigint NOT NULL REFERENCES players,
        achievement text NOT NULL,
        unlocked_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, achievement)
      );
    `,
  },
  {
    id: "0002-leaderboard",
    phase: "expand",
    // No reference to players: the leaderboard is fed by the award's event alone.
    sql: `
      CREATE TABLE leaderboard_scores (
        period text NOT NULL CHECK (period IN ('all', 'daily', 'weekly')),
        starts_on date NOT NULL,
        user_id bigint NOT NULL,
        xp bigint NOT NULL CHECK (xp > 0),
        PRIMARY KEY (period, starts_on, user_id)
      );
      CREATE INDEX leaderboard_by_score ON leaderboard_scores (period, starts_on, xp DESC, user_id);
    `,
  },
];
