import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Database } from "../postgres/database.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { Backoff } from "./backoff.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import { lettersOf } from "./dead-letter-store.ts";
import type { EventDefinition } from "./define.ts";
import type { Delivery } from "./delivery.ts";
import { DeliveryProcessor } from "./delivery-processor.ts";
import type { EventMetrics } from "./event-metrics.ts";
import { GroupStreams } from "./group-streams.ts";
import { keepRunning } from "./keep-running.ts";
import { MAX_DEAD_LETTERS } from "./keys.ts";
import { ReaderLease } from "./reader-lease.ts";
import { RetryQueue } from "./retry-queue.ts";
import { Subscription } from "./subscription.ts";
import { Wake } from "./wake.ts";

/** How a consumer behaves; the defaults are what the platform runs with. */
export interface ConsumerTuning {
  /** Most entries of each stream a read. @default 500 */
  readonly count?: number;
  /**
   * Least time from one read that gave fewer to the next, ms: so that batches are not small while much comes. An event
   * after a pause does not wait. What a batch costs apart from its events (messages, a transaction, a commit) was most of
   * an effect's price at 100 trades/s: 100 instead of 30 saved a third of the CPU time of a trade with all its effects
   * (docs/benchmarks.md). @default 100
   */
  readonly paceMs?: number;
  /** Longest wait for new entries, ms. @default 500 */
  readonly blockMs?: number;
  /** Deliveries of an event after which it is a dead letter. @default 8 */
  readonly maxDeliveries?: number;
  /** Waits between deliveries of an event that fails. @default 100 ms doubling to 10 s */
  readonly retry?: Backoff;
  /** Time after which an entry that a consumer has not acknowledged goes to another one, ms. @default 30000 */
  readonly claimIdleMs?: number;
  /** Time between looks for such entries, ms. @default 5000 */
  readonly claimEveryMs?: number;
  /** Time after which another instance reads on for one that is not heard of, ms. @default 5000 */
  readonly leaseMs?: number;
}

export interface GroupConsumerOptions {
  readonly group: ConsumerGroup;
  /** Consumer name in the group: the instance. */
  readonly instance: string;
  /** Its own connection, since reads block; the command timeout has to be longer than `blockMs`. */
  readonly redis: Redis;
  readonly database: Database;
  readonly metrics: EventMetrics;
  readonly log: Logger;
  readonly clock: Clock;
  /** Whether this colour has weight for the workload: without it nothing new is read. */
  readonly isActive: () => boolean;
  readonly tuning?: ConsumerTuning;
  readonly catalogue?: readonly EventDefinition[];
  readonly tracing?: Tracing | undefined;
}

/** Waits between tries while Redis or PostgreSQL is away. */
const STORE_BACKOFF: Backoff = { firstMs: 50, maxMs: 2_000 };
/** How soon an activation is noticed. */
const INACTIVE_LOOK_MS = 100;
/** How soon an instance that stands by notices that nobody reads. */
const STANDBY_LOOK_MS = 250;
const LAG_EVERY_MS = 5_000;
/** Failed events in memory above which nothing new is read: back-pressure instead of growth. */
const MAX_WAITING = 1_000;

/**
 * One consumer of one group: reads, has the events handled, acknowledges. Survives the loss of either store. Of all
 * instances one does it at a time, so that the order of each aggregate holds across them; the others stand by.
 */
export class GroupConsumer {
  readonly #options: GroupConsumerOptions;
  readonly #tuning: Required<ConsumerTuning>;
  readonly #streams: GroupStreams;
  readonly #lease: ReaderLease;
  readonly #retries: RetryQueue;
  readonly #processor: DeliveryProcessor;
  readonly #wake = new Wake();
  #stopping = false;
  #running: Promise<void> | undefined;
  /** The next entries, where there were many: asked for while those before are handled. */
  #ahead: Promise<Delivery[]> | undefined;
  /** Entries may be pending under our name that we do not know of. */
  #unknownPending = true;
  #claimAt = 0;
  #lagAt = 0;

  constructor(options: GroupConsumerOptions) {
    const { group, tuning = {} } = options;
    this.#options = options;
    this.#tuning = {
      count: tuning.count ?? 500,
      paceMs: tuning.paceMs ?? 100,
      blockMs: tuning.blockMs ?? 500,
      maxDeliveries: tuning.maxDeliveries ?? 8,
      retry: tuning.retry ?? { firstMs: 100, maxMs: 10_000 },
      claimIdleMs: tuning.claimIdleMs ?? 30_000,
      claimEveryMs: tuning.claimEveryMs ?? 5_000,
      leaseMs: tuning.leaseMs ?? 5_000,
    };
    const subscription = new Subscription(group, options.catalogue);
    this.#streams = new GroupStreams(options.redis, group.name, options.instance, subscription.streams);
    this.#lease = new ReaderLease(options.redis, group.name, options.instance, this.#tuning.leaseMs, options.clock);
    this.#retries = new RetryQueue(this.#tuning.retry, options.clock);
    this.#processor = new DeliveryProcessor({
      group: group.name,
      subscription,
      streams: this.#streams,
      retries: this.#retries,
      database: options.database,
      metrics: options.metrics,
      log: options.log,
      clock: options.clock,
      wake: this.#wake,
      stopping: () => this.#stopping,
      maxDeliveries: this.#tuning.maxDeliveries,
      lanes: group.lanes ?? 1,
      databaseBackoff: STORE_BACKOFF,
      tracing: options.tracing,
    });
    options.metrics.register(group.name);
  }

  /** Starts reading, at once or as soon as the stores are there. The group is made even while inactive. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Finishes and acknowledges what it is at, then ends its connection. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake.now();
    await this.#running;
    this.#options.redis.disconnect();
  }

  async #run(): Promise<void> {
    const { database, group, log, metrics } = this.#options;
    let groupMade = false;
    const work = async (progressed: () => void): Promise<void> => {
      if (!groupMade) {
        await this.#streams.create();
        await this.#streams.restoreLetters(await lettersOf(database, group.name, MAX_DEAD_LETTERS));
      }
      groupMade = true;
      await this.#turn();
      progressed();
    };
    await keepRunning(work, {
      stopping: () => this.#stopping,
      wake: this.#wake,
      backoff: STORE_BACKOFF,
      onFailure: () => {
        metrics.reading(group.name, false);
        // After a FLUSHALL the group is gone; after a cut connection an answer with entries may be.
        groupMade = false;
        this.#ahead = undefined;
        this.#unknownPending = true;
        this.#streams.forget();
        this.#lease.forget();
      },
      onTrouble: (err) => log.warn({ err, group: group.name }, "events cannot be read, trying on"),
    });
    // What cannot be acknowledged now is given to somebody again, whose inbox knows it.
    await this.#streams.flush().catch(() => undefined);
    await this.#lease.leave().catch(() => undefined);
  }

  /** Whether this instance reads now. What it was given before and has not finished is then here, and in order. */
  async #reads(): Promise<boolean> {
    const { group, isActive, metrics } = this.#options;
    const active = isActive();
    const hold = active ? await this.#lease.hold() : "another's";
    metrics.reading(group.name, hold !== "another's");
    // They are pending by now, and come with everything else that is.
    if (hold !== "held" || this.#unknownPending) this.#ahead = undefined;
    if (hold !== "held") {
      // Failed events wait for whoever reads now. What is done need not be given again: it may have been ours until now.
      this.#retries.clear();
      await this.#streams.flush();
    }
    if (hold === "another's") {
      this.#unknownPending = true;
      if (!active) await this.#lease.leave();
      return false;
    }
    if (hold === "taken") {
      await this.#processor.process(await this.#streams.claimAll());
    } else if (this.#unknownPending) {
      await this.#processor.process(await this.#streams.readOwnPending());
    }
    this.#unknownPending = false;
    return true;
  }

  /** One round: retries that are due, what dead consumers left, then new entries. */
  async #turn(): Promise<void> {
    const now = this.#options.clock.now();
    await this.#measureLag(now);
    if (!(await this.#reads())) {
      await this.#wake.sleep(this.#options.isActive() ? STANDBY_LOOK_MS : INACTIVE_LOOK_MS);
      return;
    }
    for (const delivery of this.#retries.due()) {
      if (this.#stopping) return;
      if (await this.#streams.redeliver(delivery)) {
        await this.#processor.retry({ ...delivery, deliveries: delivery.deliveries + 1 });
      } else {
        await this.#processor.release(delivery);
      }
    }
    const patienceMs = Math.min(this.#tuning.blockMs, this.#retries.nextDueMs() ?? this.#tuning.blockMs);
    if (this.#retries.size >= MAX_WAITING) {
      await this.#streams.flush();
      await this.#wake.sleep(Math.min(patienceMs, INACTIVE_LOOK_MS));
      return;
    }
    if (now >= this.#claimAt) {
      this.#claimAt = now + this.#tuning.claimEveryMs;
      await this.#streams.flush();
      await this.#processor.process(await this.#streams.claimIdle(this.#tuning.claimIdleMs));
    }
    if (this.#stopping) return;
    const deliveries = await (this.#ahead ?? this.#streams.readNew(this.#tuning.count, patienceMs));
    this.#ahead = undefined;
    const isFull = deliveries.length >= this.#tuning.count;
    if (isFull) this.#readAhead();
    const readAt = this.#options.clock.now();
    await this.#processor.process(deliveries);
    if (deliveries.length > 0 && !isFull) {
      const { paceMs } = this.#tuning;
      // A clock that was set back meanwhile must not make it longer.
      await this.#wake.sleep(Math.min(paceMs, readAt + paceMs - this.#options.clock.now()));
    }
  }

  /** Redis and this process then work at the same time. Without it a group that is behind spends much of its time waiting. */
  #readAhead(): void {
    this.#ahead = this.#streams.readNew(this.#tuning.count, 0);
    // Told to whoever takes it; until then it is nobody's failure.
    this.#ahead.catch(() => undefined);
  }

  async #measureLag(now: number): Promise<void> {
    if (now < this.#lagAt) return;
    this.#lagAt = now + LAG_EVERY_MS;
    this.#options.metrics.lag(this.#options.group.name, (await this.#streams.lagMs()) / 1000);
  }
}
