import { Type } from "typebox";
import { MoneyTextSchema } from "../base/money.ts";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { achievementOf } from "./achievements.ts";
import { xpOfLevel } from "./levels.ts";
import { PERIODS, startOfPeriod } from "./periods.ts";
import { bestPlayers, rankOf } from "./store-leaderboard.ts";
import { findPlayer } from "./store-profile.ts";

const Username = Type.Union([Type.String(), Type.Null()], { description: "null until the registration has arrived." });

const Profile = Type.Object({
  userId: Type.Integer(),
  username: Username,
  xp: Type.Integer(),
  level: Type.Integer(),
  nextLevelAt: Type.Integer({ description: "XP at which the next level begins." }),
  rank: Type.Union([Type.Integer(), Type.Null()], { description: "Rank of all time; null before the first points." }),
  trades: Type.Integer(),
  volume: MoneyTextSchema,
  achievements: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      description: Type.String(),
      unlockedAt: Type.String(),
    }),
  ),
});

const Leaderboard = Type.Object({
  period: Type.String(),
  startsOn: Type.String({ description: "First day of the period, UTC." }),
  entries: Type.Array(
    Type.Object({
      rank: Type.Integer(),
      userId: Type.Integer(),
      username: Username,
      xp: Type.Integer({ description: "Points won in the period." }),
      level: Type.Integer(),
    }),
  ),
});

/** Profiles and leaderboards; everything that changes them comes by events. */
export function gamificationRoutes(app: ServiceApp, { database, metrics, clock }: ServiceContext): void {
  const profileRead = metrics.operation("profile-read");
  const leaderboardRead = metrics.operation("leaderboard-read");

  app.get(
    "/user/:id/profile",
    {
      schema: {
        summary: "A player's points, level, rank and achievements",
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        response: { 200: Profile },
      },
    },
    (request) =>
      profileRead.run(async () => {
        const userId = request.params.id;
        const [player, rank] = await Promise.all([
          findPlayer(database, userId),
          rankOf(database, userId, "all", clock.now()),
        ]);
        if (player === undefined) {
          throw new Problem({
            status: 404,
            code: "player-not-found",
            title: "No such player",
            detail: `Nobody with the id ${userId} has played yet.`,
            errors: [{ path: "/params/id", message: "takes the id of a registered user" }],
          });
        }
        return {
          userId,
          username: player.username,
          xp: player.xp,
          level: player.level,
          nextLevelAt: xpOfLevel(player.level + 1),
          rank: rank ?? null,
          trades: player.trades,
          volume: player.volume,
          achievements: player.achievements.map(({ id, unlockedAt }) => ({ ...achievementOf(id), unlockedAt })),
        };
      }),
  );

  app.get(
    "/leaderboard",
    {
      schema: {
        summary: "Best players of all time, of this day or of this week (UTC)",
        querystring: Type.Object(
          {
            period: Type.Enum(PERIODS, { default: "all" }),
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Leaderboard },
      },
    },
    (request) =>
      leaderboardRead.run(async () => {
        const { period, limit } = request.query;
        const now = clock.now();
        return {
          period,
          startsOn: startOfPeriod(period, now),
          entries: [...(await bestPlayers(database, period, now, limit))],
        };
      }),
  );
}
