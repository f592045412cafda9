import { Decimal } from "decimal.js";
import type { Logger } from "pino";
import type { ServiceConfig } from "../../base/config.ts";
import { subscriptionRenewed } from "../../base/events/catalogue/financial.ts";
import type { Clock } from "../../base/clock.ts";
import type { EventPublisher } from "../../base/events/publisher.ts";
import type { Database, Transaction } from "../../base/postgres/database.ts";
import type { TrafficWatch } from "../../base/traffic/watch.ts";
import { postingOfIncome } from "../ledger/posting.ts";
import { post } from "../ledger/store-ledger.ts";
import { endOfPeriod, planNamed } from "./plans.ts";
import { type DueSubscription, dueSubscriptions, extendSubscription, expireSubscriptions, runAlone } from "./store-renewals.ts";

const LOOK_EVERY_MS = 60_000;
/** So long before the end the next period is paid for, so that nobody is without a plan between two looks. */
const AHEAD_MS = 3_600_000;
/** A subscription whose end was missed by more than this (the platform was down) is not charged for the time that is gone. */
const MISSED_MS = 3 * 24 * 3_600_000;

interface Parts {
  readonly database: Database;
  readonly events: EventPublisher;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<ServiceConfig, "colour">;
  readonly traffic: Pick<TrafficWatch, "weights">;
}

/** Who has to know of a renewal: without it a user who has paid loses the plan's limits. */
const LISTENER = "trading";

/**
 * Pays the next period of the subscriptions that end within the hour, and ends those that are not to be renewed. Of all
 * instances one does it at a time. @returns how many were renewed
 */
export function renewDue({ database, events, clock }: Pick<Parts, "database" | "events" | "clock">): Promise<number> {
  return database.transaction(async (tx) => {
    if (!(await runAlone(tx))) return 0;
    const now = clock.now();
    await expireSubscriptions(tx, { now: new Date(now), missed: new Date(now - MISSED_MS) });
    const due = await dueSubscriptions(tx, new Date(now + AHEAD_MS));
    for (const subscription of due) await renew(tx, events, subscription);
    return due.length;
  });
}

async function renew(tx: Transaction, events: EventPublisher, subscription: DueSubscription): Promise<void> {
  const { id, userId, plan: planId, price, currency, endsAt } = subscription;
  const plan = planNamed(planId);
  if (plan === undefined) return;
  const periods = subscription.periods + 1;
  const newEnd = new Date(endOfPeriod(plan, endsAt.getTime()));
  await extendSubscription(tx, { id, endsAt: newEnd, periods });
  const posting = postingOfIncome({
    kind: "subscription-payment",
    // A period is paid once: the ledger refuses a second transaction of this reference.
    reference: `${id}:${periods}`,
    userId,
    occurredAt: endsAt.toISOString(),
    amount: new Decimal(price),
    currency,
  });
  if (posting !== undefined) await post(tx, posting);
  await events.publish(tx, subscriptionRenewed, {
    aggregateId: id,
    data: { subscriptionId: id, userId, plan: planId, price, currency, period: periods, expiresAt: newEnd.toISOString() },
  });
}

/** Looks every minute for what is to be renewed. */
export class Renewals {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Ends the looks; one that is under way is waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Looks now; one that is still under way counts as this one. What fails is done at the next look. */
  look(): Promise<void> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /**
   * Whether all that trading reads is read by this release. An older one does not know the event and would pass it over;
   * during a rollout the other colour's process renews, or nobody does for a few of the minutes that there are ahead.
   */
  #isUnderstood(): boolean {
    const { config, traffic } = this.#parts;
    const { [config.colour]: own, ...others } = traffic.weights(LISTENER);
    return own > 0 && Object.values(others).every((weight) => weight === 0);
  }

  async #look(): Promise<void> {
    const { log } = this.#parts;
    if (!this.#isUnderstood()) return;
    try {
      const renewed = await renewDue(this.#parts);
      if (renewed > 0) log.info({ renewed }, "subscriptions renewed");
    } catch (error) {
      log.warn({ err: error }, "subscriptions cannot be renewed now; trying again in a minute");
    }
  }
}
