import type { Transaction } from "../base/postgres/database.ts";

export interface NamedPlayer {
  readonly userId: number;
  readonly username: string;
}

/** Creates players, or gives those that an earlier event has created their names. */
export async function registerPlayers(tx: Transaction, players: readonly NamedPlayer[]): Promise<void> {
  // The last name of a player counts; in the order of ids, as all who lock players do.
  const names = new Map(players.map(({ userId, username }) => [userId, username]));
  await tx.query(
    `INSERT INTO players (user_id, username)
     SELECT user_id, username FROM unnest($1::bigint[], $2::text[]) AS named (user_id, username) ORDER BY user_id
     ON CONFLICT (user_id) DO UPDATE SET username = excluded.username`,
    [[...names.keys()], [...names.values()]],
  );
}
