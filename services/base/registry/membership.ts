import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { HEARTBEAT_INTERVAL_MS, REGISTRY_CHANNEL, REGISTRY_KEY, type Announcement, type InstanceState } from "./instance.ts";

// Redis' own time is the only clock of the registry. A change (also: Redis had lost the entry) is announced.
const BEAT_SCRIPT = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local isNew = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0
redis.call('HSET', KEYS[1], ARGV[1], string.sub(ARGV[2], 1, -2) .. ',"heartbeatAt":' .. now .. '}')
if isNew or ARGV[3] == '1' then redis.call('PUBLISH', KEYS[2], ARGV[1]) end
return now`;

/** This process' entry in the registry, kept alive by heartbeats. */
export class Membership {
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #entry: Omit<Announcement, "state">;
  #state: InstanceState = "up";
  #timer: NodeJS.Timeout | undefined;
  #failing = false;

  constructor(redis: Redis, entry: Omit<Announcement, "state">, log: Logger) {
    this.#redis = redis;
    this.#entry = entry;
    this.#log = log;
  }

  /** Enters the registry and keeps beating every 2 s, also when Redis is away for now. */
  async join(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#beat(false), HEARTBEAT_INTERVAL_MS);
    await this.#beat(true);
  }

  /** Says that no new request should come; the heartbeats go on. */
  async announceDraining(): Promise<void> {
    this.#state = "draining";
    if (this.#timer) await this.#beat(true);
  }

  /** Leaves the registry for good. */
  async leave(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    try {
      await this.#redis.hdel(REGISTRY_KEY, this.#entry.instance);
      await this.#redis.publish(REGISTRY_CHANNEL, this.#entry.instance);
    } catch (error) {
      this.#log.warn({ err: error }, "registry: could not sign off, the entry expires by itself");
    }
  }

  async #beat(announce: boolean): Promise<void> {
    const entry: Announcement = { ...this.#entry, state: this.#state };
    const args = [this.#entry.instance, JSON.stringify(entry), announce ? "1" : "0"];
    try {
      await this.#redis.eval(BEAT_SCRIPT, 2, REGISTRY_KEY, REGISTRY_CHANNEL, ...args);
      if (this.#failing) this.#log.info("registry: heartbeats arrive again");
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#log.warn({ err: error }, "registry: heartbeat failed, trying again every 2 s");
      this.#failing = true;
    }
  }
}
