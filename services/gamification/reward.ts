import { achievementUnlocked, levelReached, xpAwarded } from "../base/events/catalogue/gamification.ts";
import type { Within } from "../base/events/consumer-group.ts";
import type { EventEnvelope } from "../base/events/envelope.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { startOfPeriod } from "./periods.ts";
import { advance, type DatedDeed, type Outcome } from "./progress.ts";
import { type AwardRow, holdPlayers, savePlayers, type UnlockRow } from "./store-progress.ts";
import { isCappedPerDay } from "./xp-rules.ts";

/** Something a player has done, as an event tells it. */
export interface Deed extends Omit<DatedDeed, "day"> {
  readonly event: EventEnvelope;
}

/**
 * Gives players what their deeds earn: points, achievements and levels, each published as an event of its own. However
 * many deeds, the statements are the same few; players are locked while it happens, so that nothing is given twice or lost.
 */
export async function rewardAll(tx: Transaction, events: EventPublisher, told: readonly Deed[], within: Within): Promise<void> {
  if (told.length === 0) return;
  const deeds = told.map((one) => ({ ...one, day: startOfPeriod("daily", Date.parse(one.event.occurredAt)) }));
  const capped = [...new Set(deeds.map(({ rule }) => rule).filter(isCappedPerDay))];
  const players = await holdPlayers(tx, deeds, capped);
  const awards: AwardRow[] = [];
  const unlocked: UnlockRow[] = [];
  for (const deed of deeds) {
    const { userId, event } = deed;
    const player = players.get(userId);
    if (player === undefined) throw new Error(`player ${userId} was not locked`);
    const outcome = advance(player, deed);
    for (const { reason, xp } of outcome.awards) awards.push({ userId, reason, xp, eventId: event.id, awardedAt: event.occurredAt });
    for (const { id } of outcome.unlocked) unlocked.push({ userId, achievement: id, unlockedAt: event.occurredAt });
    await within(event, () => tell(tx, events, userId, outcome));
  }
  await savePlayers(tx, players, { awards, unlocked });
}

async function tell(tx: Transaction, events: EventPublisher, userId: number, outcome: Outcome): Promise<void> {
  const aggregateId = String(userId);
  for (const { id, name, description } of outcome.unlocked) {
    await events.publish(tx, achievementUnlocked, { aggregateId, data: { userId, achievement: id, title: name, description } });
  }
  for (const { reason, xp, totalXp } of outcome.awards) {
    await events.publish(tx, xpAwarded, { aggregateId, data: { userId, xp, totalXp, reason } });
  }
  const totalXp = outcome.awards.at(-1)?.totalXp;
  if (outcome.level !== undefined && totalXp !== undefined) {
    await events.publish(tx, levelReached, { aggregateId, data: { userId, level: outcome.level, totalXp } });
  }
}
