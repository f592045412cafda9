import { Type } from "typebox";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { PERIODS, type Period, startOfPeriod } from "./periods.ts";
import { PlayerParams, Username } from "./schemas.ts";
import { bestPlayers } from "./store-leaderboard.ts";
import { neighboursOf, playersOn } from "./store-ranks.ts";

const period = Type.Enum(PERIODS, { default: "all", description: "All time, this day or this week (UTC; a week begins on Monday)." });

const Entries = Type.Array(
  Type.Object({
    rank: Type.Integer({ description: "Players with equal points share one." }),
    userId: Type.Integer(),
    username: Username,
    xp: Type.Integer({ description: "Points won in the period." }),
    level: Type.Integer(),
  }),
);

const board = {
  period: Type.String(),
  startsOn: Type.String({ description: "First day of the period, UTC." }),
  players: Type.Integer({ description: "Players with points in the period." }),
  entries: Entries,
};

const Leaderboard = Type.Object(board);
const RankReply = Type.Object({ ...board, rank: Type.Integer(), xp: Type.Integer() });

function notRanked(userId: number, period: Period): Problem {
  return new Problem({
    status: 404,
    code: "not-ranked",
    title: "This player is not on the leaderboard",
    detail: `User ${userId} has won no points in this period (${period}).`,
    errors: [{ path: "/params/id", message: "takes the id of a user with points in the period" }],
  });
}

/** Leaderboards and one's own place on them. */
export function leaderboardRoutes(app: ServiceApp, { database, metrics, clock }: ServiceContext): void {
  const leaderboardRead = metrics.operation("leaderboard-read");
  const rankRead = metrics.operation("rank-read");

  app.get(
    "/leaderboard",
    {
      schema: {
        summary: "Best players of all time, of this day or of this week",
        querystring: Type.Object(
          { period, limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 }) },
          { additionalProperties: false },
        ),
        response: { 200: Leaderboard },
      },
    },
    (request) =>
      leaderboardRead.run(async () => {
        const { period, limit } = request.query;
        const now = clock.now();
        const [players, entries] = await Promise.all([playersOn(database, period, now), bestPlayers(database, period, now, limit)]);
        return { period, startsOn: startOfPeriod(period, now), players, entries: [...entries] };
      }),
  );

  app.get(
    "/user/:id/rank",
    {
      schema: {
        summary: "A player's rank among its neighbours",
        params: PlayerParams,
        querystring: Type.Object(
          { period, neighbours: Type.Integer({ minimum: 0, maximum: 25, default: 5, description: "On each side." }) },
          { additionalProperties: false },
        ),
        response: { 200: RankReply },
      },
    },
    (request) =>
      rankRead.run(async () => {
        const userId = request.params.id;
        const { period, neighbours } = request.query;
        const now = clock.now();
        const [players, entries] = await Promise.all([
          playersOn(database, period, now),
          neighboursOf(database, { userId, period, atMs: now, around: neighbours }),
        ]);
        const mine = entries?.find((entry) => entry.userId === userId);
        if (entries === undefined || mine === undefined) throw notRanked(userId, period);
        return { period, startsOn: startOfPeriod(period, now), players, rank: mine.rank, xp: mine.xp, entries: [...entries] };
      }),
  );
}
