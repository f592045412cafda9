import type { PostgresSettings, RedisSettings } from "../../services/base/config.ts";

/** What a consumer process is to do. */
export interface ConsumerOrder {
  readonly service: string;
  readonly redis: RedisSettings;
  /** Where its handlers have their effects; absent: they do nothing, and the bus is measured alone. */
  readonly postgres?: PostgresSettings;
}

/** What a consumer process has done so far. */
export interface ConsumerReport {
  /** Events handled by groups; an event counts once for each group. */
  readonly handled: number;
  /** How many of those had which delay; the longest one: that and more. */
  readonly delays: readonly (readonly [ms: number, times: number])[];
  /** CPU time that the process has taken since its start, µs. */
  readonly cpuMicros: number;
}

/** Delays above this are not told apart, ms. */
export const LONGEST_DELAY_MS = 60_000;
