import type { Clock } from "../clock.ts";
import { backoffMs, type Backoff } from "./backoff.ts";
import type { Delivery, ReadDelivery } from "./delivery.ts";

interface Waiting {
  leader: ReadDelivery;
  dueAt: number;
  readonly followers: ReadDelivery[];
}

function aggregateOf(delivery: ReadDelivery): string {
  return `${delivery.stream} ${delivery.event.aggregateId}`;
}

function entryOf(delivery: Delivery): string {
  return `${delivery.stream} ${delivery.id}`;
}

/**
 * Deliveries that failed and wait for their next try. Later events of the same aggregate wait behind the one that
 * failed, so that a group sees an aggregate's events in order; all other aggregates go on.
 */
export class RetryQueue {
  readonly #backoff: Backoff;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #entries = new Set<string>();

  constructor(backoff: Backoff, clock: Clock) {
    this.#backoff = backoff;
    this.#clock = clock;
  }

  /** Deliveries that wait, followers included. */
  get size(): number {
    return this.#entries.size;
  }

  /** True for an entry that waits here already. */
  has(delivery: Delivery): boolean {
    return this.#entries.size > 0 && this.#entries.has(entryOf(delivery));
  }

  /** Queues the delivery behind an earlier one of its aggregate; false when none waits. */
  hold(delivery: ReadDelivery): boolean {
    // Nearly always nothing waits.
    if (this.#waiting.size === 0) return false;
    const waiting = this.#waiting.get(aggregateOf(delivery));
    if (waiting === undefined) return false;
    waiting.followers.push(delivery);
    this.#entries.add(entryOf(delivery));
    return true;
  }

  /** Plans the next try of a delivery that failed; the wait grows with its number of deliveries. */
  failed(delivery: ReadDelivery): void {
    const dueAt = this.#clock.now() + backoffMs(this.#backoff, delivery.deliveries);
    const key = aggregateOf(delivery);
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.leader = delivery;
      waiting.dueAt = dueAt;
    } else {
      this.#waiting.set(key, { leader: delivery, dueAt, followers: [] });
    }
    this.#entries.add(entryOf(delivery));
  }

  /** Forgets all of them: they are somebody else's now. */
  clear(): void {
    this.#waiting.clear();
    this.#entries.clear();
  }

  /** Deliveries whose time has come. They keep blocking their aggregate until `settled` or `failed` again. */
  due(): readonly ReadDelivery[] {
    const now = this.#clock.now();
    return [...this.#waiting.values()].filter(({ dueAt }) => dueAt <= now).map(({ leader }) => leader);
  }

  /** Time until the next try is due, ms >= 0; absent when nothing waits. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of this.#waiting.values()) next = Math.min(next ?? dueAt, dueAt);
    return next === undefined ? undefined : Math.max(0, next - this.#clock.now());
  }

  /** Lets go of a delivery that is done with, one way or the other; returns those that waited behind it, in order. */
  settled(delivery: ReadDelivery): readonly ReadDelivery[] {
    const key = aggregateOf(delivery);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || entryOf(waiting.leader) !== entryOf(delivery)) return [];
    this.#waiting.delete(key);
    this.#entries.delete(entryOf(delivery));
    for (const follower of waiting.followers) this.#entries.delete(entryOf(follower));
    return waiting.followers;
  }
}
