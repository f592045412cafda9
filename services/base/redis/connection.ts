import { once } from "node:events";
import { Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisSettings } from "../config.ts";
import { delay } from "../deadline.ts";

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 1000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 1000;

/** Milliseconds until the n-th reconnect (from 1): doubles from 50 to 1000, with jitter so that processes spread. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (0.75 + random() * 0.25));
}

export interface RedisPurpose {
  /** Name in `CLIENT LIST` and in the log: `trading commands`. */
  readonly name: string;
  /** Longest wait for one answer, since a paused Redis says nothing at all. @default 1000; `undefined`: none, for blocking reads */
  readonly commandTimeoutMs?: number | undefined;
}

/**
 * A connection that never makes its user wait: each command has a deadline and fails at once while there is no
 * connection, and reconnecting goes on for ever. A lost and a regained connection are one log line each.
 */
export function createRedis(settings: RedisSettings, purpose: RedisPurpose, log: Logger): Redis {
  const commandTimeout = "commandTimeoutMs" in purpose ? purpose.commandTimeoutMs : COMMAND_TIMEOUT_MS;
  const redis = new Redis({
    host: settings.host,
    port: settings.port,
    ...(settings.password === undefined ? {} : { password: settings.password }),
    connectionName: purpose.name.replaceAll(" ", "-"),
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(commandTimeout === undefined ? {} : { commandTimeout }),
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // `listenToChannels` does it, and hears of a failure; the library's own has nobody who does, which ends the process.
    autoResubscribe: false,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    retryStrategy: (attempt) => reconnectDelayMs(attempt),
  });
  logStateChanges(redis, purpose.name, `${settings.host}:${settings.port}`, log);
  return redis;
}

function logStateChanges(redis: Redis, name: string, place: string, log: Logger): void {
  let state: "new" | "up" | "down" = "new";
  let closing = false;
  const down = (reason: string): void => {
    if (state === "down" || closing) return;
    state = "down";
    log.warn({ connection: name, reason }, `redis: no connection to ${place} (${reason}), trying again`);
  };
  redis.on("error", (error: Error) => down(error.message === "" ? error.name : error.message));
  redis.on("close", () => {
    // A connection that we end ourselves says `end` right after `close`.
    if (state === "up") setImmediate(() => down("connection closed"));
  });
  redis.on("end", () => {
    closing = true;
  });
  redis.on("ready", () => {
    if (state === "down") log.info({ connection: name }, `redis: connected to ${place}`);
    state = "up";
  });
}

/** Waits until the connection is there. @throws Error where it is not within `ms`. */
export async function untilConnected(redis: Redis, ms: number): Promise<void> {
  if (redis.status === "ready") return;
  const cancel = new AbortController();
  try {
    await Promise.race([
      once(redis, "ready", { signal: cancel.signal }),
      delay(ms, cancel.signal).then(() => Promise.reject(new Error("not connected yet"))),
    ]);
  } finally {
    cancel.abort();
  }
}

/** Ends a connection without a word on the wire that could hang. */
export function closeRedis(redis: Redis): void {
  redis.disconnect(false);
}
