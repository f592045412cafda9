import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type pg from "pg";
import type { Clock } from "../clock.ts";
import type { PostgresSettings } from "../config.ts";
import { connectDedicated } from "../postgres/connection.ts";
import { passingTracing, type Tracing } from "../tracing/tracing.ts";
import type { Backoff } from "./backoff.ts";
import type { EventMetrics } from "./event-metrics.ts";
import { keepRunning } from "./keep-running.ts";
import { streamOf } from "./keys.ts";
import { OutboxStore } from "./outbox-store.ts";
import { RelaySession } from "./relay-session.ts";
import { StreamWriter } from "./stream-writer.ts";
import { Wake } from "./wake.ts";

/** How a relay behaves; the defaults are what the platform runs with. */
export interface RelayTuning {
  /** Rows in one transaction. @default 500 */
  readonly batch?: number;
  /**
   * Least time from one batch that was not full to the next, ms: so that batches are not small while much is committed.
   * An event after a pause does not wait. @default 30
   */
  readonly paceMs?: number;
  /** Longest time until a committed event is noticed without being told, ms. @default 200 */
  readonly pollMs?: number;
  /** Time between looks at the stream: has it lost anything, what can be trimmed, ms. @default 1000 */
  readonly settleEveryMs?: number;
  /** Entries that a stream keeps whatever has been read. @default 10000 */
  readonly keepEntries?: number;
  /** Time that sent rows are kept, ms. @default 86400000 (24 h) */
  readonly keepSentMs?: number;
  /** Time that the inbox remembers an event, ms; longer than `keepSentMs`. @default 259200000 (72 h) */
  readonly keepHandledMs?: number;
}

export interface RelayOptions {
  readonly domain: string;
  readonly instance: string;
  readonly postgres: PostgresSettings;
  readonly redis: Redis;
  readonly metrics: EventMetrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly tuning?: RelayTuning;
  readonly tracing?: Tracing | undefined;
}

const BACKOFF: Backoff = { firstMs: 100, maxMs: 2_000 };
/** How often a relay that stands by asks whether the active one is gone. */
const STANDBY_LOOK_MS = 500;
const NOTIFY_GAP_MS = 5;
const BACKLOG_EVERY_MS = 5_000;
const PRUNE_EVERY_MS = 60_000;

/**
 * Publishes a domain's committed events. Every instance runs one; the one whose connection holds the domain's lock is
 * active, and the others tell it when they have committed something.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #tuning: Required<RelayTuning>;
  readonly #channel: string;
  readonly #wake = new Wake();
  #stopping = false;
  #told = false;
  #running: Promise<void> | undefined;
  #settleAt = 0;
  #backlogAt = 0;
  #pruneAt = 0;

  constructor(options: RelayOptions) {
    const { tuning = {} } = options;
    this.#options = options;
    this.#channel = `outbox_${options.domain}`;
    this.#tuning = {
      batch: tuning.batch ?? 500,
      paceMs: tuning.paceMs ?? 30,
      pollMs: tuning.pollMs ?? 200,
      settleEveryMs: tuning.settleEveryMs ?? 1_000,
      keepEntries: tuning.keepEntries ?? 10_000,
      keepSentMs: tuning.keepSentMs ?? 24 * 3_600_000,
      keepHandledMs: tuning.keepHandledMs ?? 72 * 3_600_000,
    };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something was committed here: publish it, or have the active relay do so. */
  wake(): void {
    this.#told = true;
    this.#wake.now();
  }

  /** Sends what is committed by now, then lets another relay take over. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake.now();
    await this.#running;
    this.#options.redis.disconnect();
  }

  async #run(): Promise<void> {
    const { postgres, instance, metrics, log } = this.#options;
    const work = async (progressed: () => void): Promise<void> => {
      const client = await connectDedicated(postgres, { applicationName: `${instance} relay` }, () => this.#wake.now());
      try {
        await this.#connected(client, progressed);
      } finally {
        metrics.relayActive.set(0);
        await client.end().catch(() => undefined);
      }
    };
    await keepRunning(work, {
      stopping: () => this.#stopping,
      wake: this.#wake,
      backoff: BACKOFF,
      onTrouble: (err) => log.warn({ err }, "relay: events wait in the outbox, trying on"),
    });
  }

  /**
   * Until the connection is lost, Redis fails, or the relay ends. Losing Redis gives the lock up as well: another
   * instance may still reach it.
   */
  async #connected(client: pg.Client, onProgress: () => void): Promise<void> {
    const store = new OutboxStore(client, streamOf(this.#options.domain));
    while (!(await store.tryLock())) {
      onProgress();
      await this.#measure(store);
      await this.#wake.sleep(STANDBY_LOOK_MS);
      if (this.#stopping) return;
      if (!this.#told) continue;
      this.#told = false;
      await client.query(`NOTIFY ${this.#channel}`);
      // Commits notify one after the other in the whole database: so one call for those of a few milliseconds.
      await sleep(NOTIFY_GAP_MS);
    }
    client.on("notification", () => this.#wake.now());
    await client.query(`LISTEN ${this.#channel}`);
    const session = await RelaySession.open({
      stream: streamOf(this.#options.domain),
      tracing: this.#options.tracing ?? passingTracing,
      store,
      writer: new StreamWriter(this.#options.redis, streamOf(this.#options.domain)),
      metrics: this.#options.metrics,
      log: this.#options.log,
      batch: this.#tuning.batch,
      keepEntries: this.#tuning.keepEntries,
    });
    this.#options.metrics.relayActive.set(1);
    for (;;) {
      await this.#maintain(store, session);
      const startedAt = this.#options.clock.now();
      const sent = await session.publish();
      onProgress();
      if (sent === this.#tuning.batch) continue;
      if (this.#stopping) return;
      if (sent === 0) await this.#wake.sleep(this.#tuning.pollMs);
      else await this.#pace(startedAt);
    }
  }

  async #pace(startedAt: number): Promise<void> {
    const { paceMs } = this.#tuning;
    const leftMs = startedAt + paceMs - this.#options.clock.now();
    // A clock that was set back meanwhile must not make it longer.
    if (leftMs > 0) await sleep(Math.min(paceMs, leftMs));
  }

  async #maintain(store: OutboxStore, session: RelaySession): Promise<void> {
    const now = this.#options.clock.now();
    await this.#measure(store);
    if (now >= this.#settleAt) {
      await session.settle();
      this.#settleAt = now + this.#tuning.settleEveryMs;
    }
    if (now >= this.#pruneAt) {
      await store.prune(now - this.#tuning.keepSentMs, now - this.#tuning.keepHandledMs, session.settledId);
      this.#pruneAt = now + PRUNE_EVERY_MS;
    }
  }

  async #measure(store: OutboxStore): Promise<void> {
    const now = this.#options.clock.now();
    if (now < this.#backlogAt) return;
    this.#backlogAt = now + BACKLOG_EVERY_MS;
    const { unsent, oldestAgeSeconds } = await store.backlog();
    this.#options.metrics.unsent.set(unsent);
    this.#options.metrics.oldestUnsentAgeSeconds.set(oldestAgeSeconds);
  }
}
