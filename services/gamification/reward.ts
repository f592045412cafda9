import type { Decimal } from "decimal.js";
import { achievementUnlocked, levelReached, xpAwarded } from "../base/events/catalogue/gamification.ts";
import type { EventEnvelope } from "../base/events/envelope.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { achievementsMet } from "./achievements.ts";
import { levelOf } from "./levels.ts";
import { startOfPeriod } from "./periods.ts";
import {
  type Award,
  awardsOfDay,
  holdPlayer,
  raiseCounters,
  recordAwards,
  saveProgress,
  unlockAchievements,
} from "./store-players.ts";
import { countersOf, isCappedPerDay, pointsFor, type XpRule } from "./xp-rules.ts";

/** Something a player has done, as an event tells it. */
export interface Deed {
  readonly userId: number;
  readonly rule: XpRule;
  /** Size in quote units, [0, ∞). */
  readonly amount: Decimal;
  readonly event: Pick<EventEnvelope, "id" | "occurredAt">;
}

/**
 * Gives a player what a deed earns: points, achievements whose condition it meets and their points, and the level
 * that all of them lead to. Each is published as an event of its own.
 */
export async function reward(tx: Transaction, events: EventPublisher, deed: Deed): Promise<void> {
  const { userId, rule, amount, event } = deed;
  const before = await holdPlayer(tx, userId);
  const counters = await raiseCounters(tx, userId, countersOf(rule, amount));
  const met = achievementsMet(counters);
  const fresh = await unlockAchievements(
    tx,
    userId,
    met.map(({ id }) => id),
    event.occurredAt,
  );
  const unlocked = met.filter(({ id }) => fresh.has(id));

  const day = startOfPeriod("daily", Date.parse(event.occurredAt));
  const timesToday = isCappedPerDay(rule) ? await awardsOfDay(tx, userId, rule, day) : 0;
  const awards: readonly Award[] = [
    { reason: rule, xp: pointsFor(rule, amount, timesToday) },
    ...unlocked.map(({ id, xp }) => ({ reason: `achievement:${id}`, xp })),
  ].filter(({ xp }) => xp > 0);

  const aggregateId = String(userId);
  for (const { id, name, description } of unlocked) {
    await events.publish(tx, achievementUnlocked, {
      aggregateId,
      data: { userId, achievement: id, title: name, description },
    });
  }
  if (awards.length === 0) return;

  await recordAwards(tx, userId, awards, { eventId: event.id, occurredAt: event.occurredAt });
  let totalXp = before.xp;
  for (const { reason, xp } of awards) {
    totalXp += xp;
    await events.publish(tx, xpAwarded, { aggregateId, data: { userId, xp, totalXp, reason } });
  }
  const level = levelOf(totalXp);
  await saveProgress(tx, userId, { xp: totalXp, level });
  if (level > before.level) await events.publish(tx, levelReached, { aggregateId, data: { userId, level, totalXp } });
}
