import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import type { RedisSettings } from "../../services/base/config.ts";
import { eventDomains } from "../../services/base/events/catalogue/catalogue.ts";
import { streamOf } from "../../services/base/events/keys.ts";
import { StreamWriter } from "../../services/base/events/stream-writer.ts";
import { createRedis } from "../../services/base/redis/connection.ts";
import { cpuBetween, type CpuMeter, type CpuUse } from "./cpu.ts";
import type { Delays } from "./delays.ts";
import { PreparedEvents } from "./mix.ts";
import { ConsumerProcesses } from "./processes.ts";
import { Progress } from "./progress.ts";

export interface Flow {
  /** Events published in a second, each handled by all of its groups and acknowledged. */
  readonly eventsPerSecond: number;
  readonly handledPerSecond: number;
  /** Deliveries that were handled. */
  readonly handled: number;
  readonly delays: Delays;
  readonly cpu: CpuUse;
}

const TICK_MS = 10;
/** Events on their way at saturation: enough to keep everybody busy, few enough not to measure a queue. */
const IN_FLIGHT = 10_000;
/** Events that differ in more than id and time. */
const PREPARED = 20_000;
/** How often consumers are asked how far they are. */
const COLLECT_MS = 100;

/** The bus on Redis with no database behind it: relays' way of adding, all groups, handlers without effect. */
export class BusAlone {
  readonly #redis;
  readonly #writers: ReadonlyMap<string, StreamWriter>;
  readonly #consumers: ConsumerProcesses;
  readonly #progress = new Progress();
  readonly #cpu: CpuMeter;
  readonly #events = new PreparedEvents(PREPARED);
  #n = 0;

  constructor(settings: RedisSettings, services: readonly string[], cpu: CpuMeter) {
    this.#redis = createRedis(settings, { name: "bench-publisher", commandTimeoutMs: 10_000 }, pino({ level: "error" }));
    this.#writers = new Map(eventDomains.map((domain) => [domain, new StreamWriter(this.#redis, streamOf(domain))]));
    this.#consumers = new ConsumerProcesses(services.map((service) => ({ service, redis: settings })));
    this.#cpu = cpu;
  }

  /** Publishes at a rate for some seconds, or as fast as it is handled; then waits until all is acknowledged. */
  async flow(seconds: number, perSecond?: number): Promise<Flow> {
    await this.#consumers.take();
    const startMs = performance.now();
    const from = this.#n;
    let handled = 0;
    const delays = await this.#consumers.take();
    this.#progress.begin(this.#consumers.handled);
    const cpuBefore = this.#cpu.read(this.#consumers.cpuSeconds);
    const collect = async (): Promise<void> => {
      const more = await this.#consumers.take();
      delays.addAll(more.counts);
      handled += more.total;
    };
    // Beside the publishing: consumers that are busy answer late, and must not hold it up.
    let isOver = false;
    const collecting = (async () => {
      for (; !isOver; await delay(COLLECT_MS)) await collect();
    })();
    while (performance.now() - startMs < seconds * 1000) {
      const elapsed = (performance.now() - startMs) / 1000;
      const due = perSecond === undefined ? this.#progress.done(this.#consumers.handled) + IN_FLIGHT : elapsed * perSecond;
      const count = Math.min(1_000, Math.floor(due - (this.#n - from)));
      if (count > 0) await this.#publish(count);
      if (count < 1_000) await delay(TICK_MS);
    }
    isOver = true;
    await collecting;
    const sent = this.#n - from;
    while ((await this.#unread()) > 0) await delay(20);
    const tookSeconds = (performance.now() - startMs) / 1000;
    await collect();
    this.#progress.end(this.#consumers.handled, sent);
    const cpu = cpuBetween(cpuBefore, this.#cpu.read(this.#consumers.cpuSeconds));
    await this.#trim();
    return { eventsPerSecond: sent / tookSeconds, handledPerSecond: handled / tookSeconds, handled, delays, cpu };
  }

  async stop(): Promise<void> {
    await this.#consumers.stop();
    this.#redis.disconnect();
  }

  async #publish(count: number): Promise<void> {
    const byDomain = new Map<string, string[]>();
    const occurredAt = new Date().toISOString();
    for (let end = this.#n + count; this.#n < end; this.#n += 1) {
      const { domain, text } = this.#events.text(this.#n, occurredAt);
      const texts = byDomain.get(domain) ?? [];
      texts.push(text);
      byDomain.set(domain, texts);
    }
    await Promise.all([...byDomain].map(([domain, texts]) => this.#writers.get(domain)?.add(undefined, texts)));
  }

  /** Entries that some group was not given or has not acknowledged. */
  async #unread(): Promise<number> {
    const positions = await Promise.all(eventDomains.map(async (domain) => {
      const infos = (await this.#redis.xinfo("GROUPS", streamOf(domain)).catch(() => [])) as (string | number)[][];
      return infos.map((info) => Number(info[info.indexOf("pending") + 1]) + Number(info[info.indexOf("lag") + 1]));
    }));
    return positions.flat().reduce((sum, count) => sum + count, 0);
  }

  async #trim(): Promise<void> {
    for (const domain of eventDomains) await this.#redis.xtrim(streamOf(domain), "MAXLEN", 0);
  }
}
