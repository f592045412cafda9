import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rankOf } from "../../../../services/gamification/store-ranks.ts";
import { addToLeaderboards } from "../../../../services/gamification/store-leaderboard.ts";
import { gamification } from "../../../../services/gamification/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";

interface RankReply {
  readonly rank: number;
  readonly xp: number;
  readonly players: number;
  readonly entries: readonly { readonly rank: number; readonly userId: number; readonly xp: number }[];
}

let domain: DomainService;
const now = Date.now();

/** Few points and many, so that ties, neighbours in one cell, and cells of every width occur. */
const scoreOf = (n: number): number => (n % 7 === 0 ? 5 : n % 5 === 0 ? 300_000 + n : 1 + ((n * 7919) % 9_000));

beforeAll(async () => {
  domain = await startDomainService(gamification);
  const players = Array.from({ length: 2_000 }, (_, n) => n + 1);
  const { database } = domain.service.context;
  await database.transaction((tx) => addToLeaderboards(tx, players.map((userId) => ({ userId, xp: scoreOf(userId), atMs: now }))));
});

afterAll(async () => {
  await domain.stop();
});

/** Counted afresh from the scores themselves. */
async function countedRank(userId: number): Promise<number> {
  const [row] = await domain.service.context.database.query<{ rank: string }>(
    `SELECT 1 + count(*) AS rank FROM leaderboard_scores
      WHERE period = 'all' AND xp > (SELECT xp FROM leaderboard_scores WHERE period = 'all' AND user_id = $1)`,
    [userId],
  );
  return Number(row?.rank);
}

describe("R-SVC-1 leaderboard ranks", () => {
  it("are those that counting all players would give", async () => {
    for (const userId of [1, 5, 7, 10, 63, 999, 1_000, 1_995, 2_000]) {
      expect(await rankOf(domain.service.context.database, userId, "all", now)).toBe(await countedRank(userId));
    }
  });

  it("show a player among its neighbours, with all equal points on one rank", async () => {
    const { body } = await domain.call<RankReply>("GET", "/user/70/rank?neighbours=4");
    expect(body).toMatchObject({ players: 2_000, xp: 5, rank: await countedRank(70) });
    expect(body.entries.map(({ userId }) => userId).slice(0, 9)).toEqual([42, 49, 56, 63, 70, 77, 84, 91, 98]);
    expect(new Set(body.entries.map(({ rank }) => rank))).toEqual(new Set([body.rank]));
    const best = await domain.call<RankReply>("GET", "/user/2000/rank?neighbours=3");
    expect(best.body.entries.map(({ rank, userId }) => [rank, userId])).toEqual([[1, 2000], [2, 1990], [3, 1985], [4, 1980]]);
  });

  it("stay exact when many transactions move the same players at the same time", async () => {
    const { database } = domain.service.context;
    const move = (round: number) =>
      database.transaction((tx) =>
        addToLeaderboards(tx, Array.from({ length: 50 }, (_, n) => ({ userId: ((n * 37 + round * 11) % 2_000) + 1, xp: round + 1, atMs: now }))),
      );
    await Promise.all(Array.from({ length: 20 }, (_, round) => move(round)));
    const wrong = await database.query(
      `WITH counted AS (
         SELECT period, starts_on, width, xp / width AS cell, count(*) AS players
           FROM leaderboard_scores CROSS JOIN (VALUES (1), (64), (4096), (262144)) AS widths (width) GROUP BY 1, 2, 3, 4)
       SELECT * FROM counted FULL JOIN (SELECT * FROM leaderboard_cells WHERE players <> 0) AS cells
         USING (period, starts_on, width, cell) WHERE counted.players IS DISTINCT FROM cells.players`,
    );
    expect(wrong).toEqual([]);
  });

  it("R-SVC-4 are not of who has no points, and say so", async () => {
    const { status, body } = await domain.call<{ code: string; errors: { path: string }[] }>("GET", "/user/999999/rank");
    expect([status, body.code, body.errors[0]?.path]).toEqual([404, "not-ranked", "/params/id"]);
  });
});
