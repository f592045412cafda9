import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { UserId } from "./fields.ts";

/** A player got experience points. Aggregate: the user. */
export const xpAwarded = defineEvent({
  type: "gamification.xp.awarded",
  version: 1,
  data: Type.Object({
    userId: UserId,
    /** Points of this award. */
    xp: Type.Integer(),
    /** All points of the player, this award included. */
    totalXp: Type.Integer({ minimum: 0 }),
    /** Rule that awarded them: `trade-executed`. */
    reason: Type.String(),
  }),
});

/** A player reached an achievement. Aggregate: the user. */
export const achievementUnlocked = defineEvent({
  type: "gamification.achievement.unlocked",
  version: 1,
  data: Type.Object({
    userId: UserId,
    /** Key of the achievement: `first-trade`. */
    achievement: Type.String({ minLength: 1 }),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
  }),
});

/** A player reached a level. Aggregate: the user. */
export const levelReached = defineEvent({
  type: "gamification.level.reached",
  version: 1,
  data: Type.Object({
    userId: UserId,
    level: Type.Integer({ minimum: 1 }),
    totalXp: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
});
