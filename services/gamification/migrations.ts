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
  {
    id: "0003-rank-cells",
    phase: "expand",
    // A rank is the number of players who have more points. Cells count players by points at four widths, each 64 times
    // the one before: a rank is the sum of a few dozen of them, whatever the number of players. A trigger keeps them, so
    // that they are right whichever release writes the scores.
    sql: `
      CREATE TABLE leaderboard_cells (
        period text NOT NULL,
        starts_on date NOT NULL,
        width bigint NOT NULL,
        cell bigint NOT NULL,
        players bigint NOT NULL,
        PRIMARY KEY (period, starts_on, width, cell) INCLUDE (players)
      ) WITH (fillfactor = 70);

      CREATE FUNCTION leaderboard_count_cells() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO leaderboard_cells AS mine (period, starts_on, width, cell, players)
          SELECT period, starts_on, width, xp / width, count(*)
            FROM after_rows CROSS JOIN (VALUES (1), (64), (4096), (262144)) AS widths (width)
           GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
          ON CONFLICT (period, starts_on, width, cell) DO UPDATE SET players = mine.players + excluded.players;
        ELSE
          INSERT INTO leaderboard_cells AS mine (period, starts_on, width, cell, players)
          SELECT period, starts_on, width, xp / width, sum(by)
            FROM (SELECT period, starts_on, xp, 1 AS by FROM after_rows
                  UNION ALL SELECT period, starts_on, xp, -1 FROM before_rows) AS moved
            CROSS JOIN (VALUES (1), (64), (4096), (262144)) AS widths (width)
           GROUP BY 1, 2, 3, 4 HAVING sum(by) <> 0 ORDER BY 1, 2, 3, 4
          ON CONFLICT (period, starts_on, width, cell) DO UPDATE SET players = mine.players + excluded.players;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_new AFTER INSERT ON leaderboard_scores REFERENCING NEW TABLE AS after_rows
        FOR EACH STATEMENT EXECUTE FUNCTION leaderboard_count_cells();
      CREATE TRIGGER count_moved AFTER UPDATE ON leaderboard_scores
        REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
        FOR EACH STATEMENT EXECUTE FUNCTION leaderboard_count_cells();

      INSERT INTO leaderboard_cells (period, starts_on, width, cell, players)
      SELECT period, starts_on, width, xp / width, count(*)
        FROM leaderboard_scores CROSS JOIN (VALUES (1), (64), (4096), (262144)) AS widths (width)
       GROUP BY 1, 2, 3, 4;
    `,
  },
  {
    id: "0004-active-days",
    phase: "expand",
    // Days on which a player did something, UTC: events come late and out of order, so that a running number would lie.
    sql: `
      CREATE TABLE active_days (
        user_id bigint NOT NULL,
        day date NOT NULL,
        PRIMARY KEY (user_id, day)
      );
    `,
  },
];
