import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { HEARTBEAT_INTERVAL_MS, parseInstance, REGISTRY_KEY, type Instance } from "./instance.ts";
import { nextView, NO_TAKERS, type RegistryView, type SeenInstance, type Takers } from "./view.ts";

/** Entries that were silent for so long are removed by whoever reads them. */
const FORGET_AFTER_MS = 300_000;

/** The registry in memory: read every 2 s and at every announcement. When Redis is away the last view serves. */
export class RegistryTable {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #log: Logger;
  #view: RegistryView | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(redis: Redis, clock: Clock, log: Logger) {
    this.#redis = redis;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.refresh(), HEARTBEAT_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Instances of a service that take requests. From memory, without waiting. */
  takers(service: string): Takers {
    return this.#view?.takers.get(service) ?? NO_TAKERS;
  }

  /** Everything that is known, the dead and the draining included. */
  instances(): readonly SeenInstance[] {
    return [...(this.#view?.instances.values() ?? [])];
  }

  /** Milliseconds since the last successful read; absent before the first. */
  ageMs(): number | undefined {
    return this.#view === undefined ? undefined : this.#clock.now() - this.#view.readAtMs;
  }

  /** True while most instances are silent at once: a fault of the registry, during which nobody is taken for dead. */
  get isFaulty(): boolean {
    return this.#view?.faultSinceMs !== undefined;
  }

  /** Reads now. A call during a read makes one more read follow it, so that no announcement is missed. */
  refresh(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
      if (!this.#again) return;
      this.#again = false;
      void this.refresh();
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const [all, time] = await Promise.all([this.#redis.hgetall(REGISTRY_KEY), this.#redis.time()]);
      const redisNowMs = Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000);
      const entries = Object.values(all).flatMap((json) => parseInstance(json) ?? []);
      const wasFaulty = this.isFaulty;
      this.#view = nextView(entries, redisNowMs, this.#clock.now(), this.#view);
      if (this.isFaulty && !wasFaulty) this.#log.error("registry: most heartbeats stopped at once, so the last table serves for 5 minutes. Look at Redis: it takes no writes");
      if (wasFaulty && !this.isFaulty) this.#log.info("registry: heartbeats arrive again");
      await this.#forget(entries, redisNowMs);
    } catch (error) {
      this.#log.debug({ err: error }, "registry: could not be read, the last table serves");
    }
  }

  async #forget(entries: readonly Instance[], redisNowMs: number): Promise<void> {
    const gone = entries.filter((entry) => redisNowMs - entry.heartbeatAt > FORGET_AFTER_MS);
    if (gone.length > 0) await this.#redis.hdel(REGISTRY_KEY, ...gone.map((entry) => entry.instance));
  }
}
