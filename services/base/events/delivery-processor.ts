import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Database } from "../postgres/database.ts";
import { isDatabaseAway } from "../postgres/failures.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { backoffMs, type Backoff } from "./backoff.ts";
import { discardLetter, keepLetter, keyOfLetter } from "./dead-letter-store.ts";
import type { Delivery, ReadDelivery } from "./delivery.ts";
import type { EventMetrics } from "./event-metrics.ts";
import { handleInTransaction, type Wanted } from "./group-transaction.ts";
import type { GroupStreams } from "./group-streams.ts";
import { lanesOf } from "./lanes.ts";
import { occurredAtReader } from "./occurred-at.ts";
import type { RetryQueue } from "./retry-queue.ts";
import { EventSchemaError, parseEnvelope } from "./schema-check.ts";
import { compareStreamIds } from "./stream-id.ts";
import type { Subscription } from "./subscription.ts";
import type { Wake } from "./wake.ts";

export interface ProcessorOptions {
  readonly group: string;
  readonly subscription: Subscription;
  readonly streams: Pick<GroupStreams, "acknowledge" | "bury" | "flush">;
  readonly retries: RetryQueue;
  readonly database: Database;
  readonly metrics: EventMetrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly wake: Pick<Wake, "sleep">;
  /** True once the consumer has to end: what is not handled stays pending for another one. */
  readonly stopping: () => boolean;
  /** Deliveries of an event after which it is a dead letter, >= 1. */
  readonly maxDeliveries: number;
  /** Transactions at a time, >= 1. */
  readonly lanes: number;
  /** Waits between tries while the database is away. */
  readonly databaseBackoff: Backoff;
  readonly tracing?: Tracing | undefined;
}

/** Events in one transaction. */
const BATCH = 500;

/** A delivery that is no event which this group can read, and why. */
interface Unreadable {
  readonly reason: unknown;
  /** Where it is an event at least. */
  readonly read?: ReadDelivery;
}

/** Deliveries after which an event is suspected of killing its consumers before they can say that it failed. */
const SUSPECT_FACTOR = 5;

/** Decides what becomes of deliveries: handled and acknowledged, tried again later, or dead letters. */
export class DeliveryProcessor {
  readonly #options: ProcessorOptions;

  constructor(options: ProcessorOptions) {
    this.#options = options;
  }

  /** Works through what was read, oldest first. Entries that wait for a retry already are left alone. */
  async process(deliveries: readonly Delivery[]): Promise<void> {
    const { retries, streams, stopping } = this.#options;
    const fresh = deliveries.filter((delivery) => !retries.has(delivery));
    const ordered = fresh.sort((a, b) => compareStreamIds(a.id, b.id));
    for (let from = 0; from < ordered.length && !stopping(); from += BATCH) {
      if (from > 0) await streams.flush();
      await this.#batch(ordered.slice(from, from + BATCH));
    }
  }

  /** Tries a delivery again whose time has come, then those that waited behind it. */
  async retry(delivery: ReadDelivery): Promise<void> {
    const wanted = { delivery, handlers: this.#options.subscription.handlersOf(delivery.event) };
    await this.#single(wanted);
  }

  /** Gives up a retry whose entry is not in the stream any more; what waited behind it goes on. */
  async release(delivery: ReadDelivery): Promise<void> {
    await this.process(this.#options.retries.settled(delivery));
  }

  async #batch(deliveries: readonly Delivery[]): Promise<void> {
    const wanted: Wanted[] = [];
    const unwanted: Delivery[] = [];
    for (const delivery of deliveries) {
      if (delivery.onlyGroup !== undefined && delivery.onlyGroup !== this.#options.group) {
        // Before it is read: what is no event is no less another group's.
        unwanted.push(delivery);
        continue;
      }
      const found = this.#read(delivery);
      if (delivery.discard !== undefined) await this.#discard(delivery, delivery.discard, "reason" in found ? found.read : found.delivery);
      else if ("reason" in found) await this.#bury(delivery, found.reason, found.read);
      else if (found.handlers.length === 0) unwanted.push(delivery);
      else wanted.push(found);
    }
    this.#options.metrics.count(this.#options.group, "ignored", unwanted.length);
    const handled = await Promise.all(lanesOf(wanted, this.#options.lanes).map((lane) => this.#together(lane)));
    for (const done of [...handled, unwanted]) this.#options.streams.acknowledge(done);
  }

  /**
   * Handles deliveries in one transaction. Where that fails, one of them is at fault and took the others with it: each
   * half for itself, and so on, until only that one has to wait. Those that wait for an earlier one already are left.
   *
   * @returns what is to be acknowledged
   */
  async #together(wanted: readonly Wanted[]): Promise<readonly Delivery[]> {
    const { retries, maxDeliveries } = this.#options;
    const free = wanted.filter(({ delivery }) => !retries.hold(delivery));
    const [first, ...others] = free;
    if (first === undefined) return [];
    if (others.length === 0) {
      await this.#single(first);
      return [];
    }
    // What comes back that often may be what kills its consumers: it must not take its neighbours' good name with it.
    if (free.every(({ delivery }) => delivery.deliveries <= maxDeliveries)) {
      try {
        await this.#handle(free);
        return free.map(({ delivery }) => delivery);
      } catch (error) {
        if (this.#options.stopping() && isDatabaseAway(error)) return [];
      }
    }
    const middle = Math.ceil(free.length / 2);
    const done = await this.#together(free.slice(0, middle));
    return [...done, ...(await this.#together(free.slice(middle)))];
  }

  /** The delivery with the handlers that it is for, if any. */
  #read(delivery: Delivery): Wanted | Unreadable {
    const { subscription } = this.#options;
    let read: ReadDelivery | undefined;
    try {
      read = { ...delivery, event: parseEnvelope(delivery.text) };
      return { delivery: read, handlers: subscription.handlersOf(read.event) };
    } catch (reason) {
      return read === undefined ? { reason } : { reason, read };
    }
  }

  async #single(wanted: Wanted): Promise<void> {
    const { retries, streams, maxDeliveries, log, group } = this.#options;
    const { delivery } = wanted;
    try {
      if (delivery.deliveries > maxDeliveries * SUSPECT_FACTOR) {
        throw new EventSchemaError(`given to consumers ${delivery.deliveries} times, and none lived to say what happened`);
      }
      await this.#handle([wanted]);
    } catch (error) {
      if (this.#options.stopping()) return;
      if (delivery.deliveries < maxDeliveries && !(error instanceof EventSchemaError)) {
        this.#options.metrics.count(group, "retried");
        log.warn({ err: error, ...facts(delivery, delivery), group }, `event handler failed, delivery ${delivery.deliveries} of ${maxDeliveries}`);
        retries.failed(delivery);
        return;
      }
      await this.#bury(delivery, error, delivery);
      await this.release(delivery);
      return;
    }
    streams.acknowledge([delivery]);
    await this.release(delivery);
  }

  /** Handles all in one transaction, however long the database is away: that is no fault of the events. */
  async #handle(wanted: readonly Wanted[]): Promise<void> {
    const { database, group, metrics, clock, log, tracing } = this.#options;
    for (let failures = 1; ; failures += 1) {
      try {
        const handled = await handleInTransaction(database, group, wanted, tracing);
        metrics.count(group, "handled", handled.size);
        metrics.count(group, "duplicate", wanted.length - handled.size);
        const now = clock.now();
        const occurredAtMs = occurredAtReader();
        for (const { delivery: { event } } of wanted) {
          if (handled.has(event.id)) metrics.delay(group, (now - occurredAtMs(event)) / 1000);
        }
        return;
      } catch (error) {
        if (!isDatabaseAway(error) || this.#options.stopping()) throw error;
        if (failures === 1) log.warn({ err: error, group }, "events wait: the database cannot be used");
        await this.#options.wake.sleep(backoffMs(this.#options.databaseBackoff, failures));
      }
    }
  }

  async #discard(delivery: Delivery, reason: string, read?: ReadDelivery): Promise<void> {
    const { streams, database, group, metrics, log } = this.#options;
    await discardLetter(database, group, keyOfLetter(delivery, read?.event.id), read?.event.id);
    streams.acknowledge([delivery]);
    metrics.count(group, "discarded");
    log.warn({ ...facts(delivery, read), group, reason }, "dead letter was discarded by an operator");
  }

  async #bury(delivery: Delivery, error: unknown, read?: ReadDelivery): Promise<void> {
    const { streams, database, group, metrics, log, clock } = this.#options;
    const cause = error instanceof Error ? error : new Error(String(error));
    const letter = {
      group,
      stream: delivery.stream,
      id: delivery.id,
      deliveries: String(delivery.deliveries),
      event: delivery.text,
      type: read?.event.type ?? "",
      correlationId: read?.event.correlationId ?? "",
      error: `${cause.name}: ${cause.message}`.slice(0, 2_000),
      stack: (cause.stack ?? "").slice(0, 4_000),
      at: new Date(clock.now()).toISOString(),
    };
    await keepLetter(database, group, keyOfLetter(delivery, read?.event.id), letter);
    await streams.bury(delivery, letter);
    metrics.count(group, "dead_lettered");
    log.error({ err: cause, ...facts(delivery, read), group }, "event is a dead letter now");
  }
}

/** What a log says of a delivery: where it stands, and where it could be read, which event it is. */
function facts({ stream, id }: Delivery, read: ReadDelivery | undefined): Record<string, string> {
  const event = read === undefined ? {} : { eventId: read.event.id, type: read.event.type, correlationId: read.event.correlationId };
  return { stream, entry: id, ...event };
}
