import { Decimal } from "decimal.js";
import { type Achievement, achievementsMet } from "./achievements.ts";
import type { Measure } from "./condition.ts";
import { levelOf } from "./levels.ts";
import { countersOf, isCappedPerDay, pointsFor, type XpRule } from "./xp-rules.ts";

/** Something a player has done, and when. */
export interface DatedDeed {
  readonly userId: number;
  readonly rule: XpRule;
  /** Size in quote units, [0, ∞). */
  readonly amount: Decimal;
  /** Day of it (`YYYY-MM-DD`, UTC). */
  readonly day: string;
}

/** Where a player stands; deeds change it in place. */
export interface Progress {
  xp: number;
  level: number;
  /** Counters, and the best streak. */
  readonly measures: Map<Measure, Decimal>;
  readonly unlocked: Set<string>;
  /** How often a rule has given points on a day, by `capKey`. */
  readonly timesOnDay: Map<string, number>;
}

/** One gain of points. */
export interface Award {
  /** XP rule, or `achievement:<id>`. */
  readonly reason: string;
  readonly xp: number;
  /** All points of the player, this award included. */
  readonly totalXp: number;
}

/** What a deed led to. */
export interface Outcome {
  readonly unlocked: readonly Achievement[];
  readonly awards: readonly Award[];
  /** Level that was reached by it, if any. */
  readonly level?: number;
}

export function capKey(rule: string, day: string): string {
  return `${rule} ${day}`;
}

/**
 * Takes a deed into account: its points, achievements whose condition is met and their points, and the level that all of
 * them lead to. Points of one achievement may lead to the next.
 */
export function advance(progress: Progress, deed: DatedDeed): Outcome {
  const { measures } = progress;
  for (const [counter, by] of countersOf(deed.rule, deed.amount)) {
    measures.set(counter, (measures.get(counter) ?? new Decimal(0)).plus(by));
  }
  const levelBefore = progress.level;
  const awards: Award[] = [];
  const give = (reason: string, xp: number): void => {
    if (xp <= 0) return;
    progress.xp += xp;
    progress.level = levelOf(progress.xp);
    awards.push({ reason, xp, totalXp: progress.xp });
  };
  give(deed.rule, pointsOf(progress, deed));

  const unlocked: Achievement[] = [];
  for (;;) {
    measures.set("level", new Decimal(progress.level));
    const fresh = achievementsMet(measures).filter(({ id }) => !progress.unlocked.has(id));
    if (fresh.length === 0) break;
    for (const achievement of fresh) {
      progress.unlocked.add(achievement.id);
      unlocked.push(achievement);
      give(`achievement:${achievement.id}`, achievement.xp);
    }
  }
  return { unlocked, awards, ...(progress.level > levelBefore ? { level: progress.level } : {}) };
}

function pointsOf(progress: Progress, { rule, amount, day }: DatedDeed): number {
  if (!isCappedPerDay(rule)) return pointsFor(rule, amount, 0);
  const key = capKey(rule, day);
  const times = progress.timesOnDay.get(key) ?? 0;
  const points = pointsFor(rule, amount, times);
  if (points > 0) progress.timesOnDay.set(key, times + 1);
  return points;
}
