import { Type } from "typebox";
import { MoneyTextSchema } from "../base/money.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { achievementOf } from "./achievements.ts";
import { xpOfLevel } from "./levels.ts";
import { startOfPeriod } from "./periods.ts";
import { playerNotFound, PlayerParams, Username } from "./schemas.ts";
import { findPlayer } from "./store-profile.ts";
import { rankOf } from "./store-ranks.ts";
import { streaksOf } from "./store-streaks.ts";

const Profile = Type.Object({
  userId: Type.Integer(),
  username: Username,
  xp: Type.Integer(),
  level: Type.Integer(),
  nextLevelAt: Type.Integer({ description: "XP at which the next level begins." }),
  rank: Type.Union([Type.Integer(), Type.Null()], { description: "Rank of all time; null before the first points." }),
  streak: Type.Object({
    current: Type.Integer({ description: "Days in a row (UTC) on which the player did something, up to today or yesterday." }),
    best: Type.Integer(),
  }),
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

/** Profiles; everything that changes them comes by events. */
export function profileRoutes(app: ServiceApp, { database, metrics, clock }: ServiceContext): void {
  const profileRead = metrics.operation("profile-read");

  app.get(
    "/user/:id/profile",
    {
      schema: {
        summary: "A player's points, level, rank and achievements",
        params: PlayerParams,
        response: { 200: Profile },
      },
    },
    (request) =>
      profileRead.run(async () => {
        const userId = request.params.id;
        const now = clock.now();
        const [player, rank, streaks] = await Promise.all([
          findPlayer(database, userId),
          rankOf(database, userId, "all", now),
          streaksOf(database, userId, startOfPeriod("daily", now)),
        ]);
        if (player === undefined) throw playerNotFound(userId);
        return {
          userId,
          username: player.username,
          xp: player.xp,
          level: player.level,
          nextLevelAt: xpOfLevel(player.level + 1),
          rank: rank ?? null,
          streak: streaks,
          trades: player.trades,
          volume: player.volume,
          achievements: player.achievements.map(({ id, unlockedAt }) => ({ ...achievementOf(id), unlockedAt })),
        };
      }),
  );
}
