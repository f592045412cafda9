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
  /** Number of those with a delay of as many ms as the index; the last one: that and more. */
  readonly delays: readonly number[];
}

/** Delays above this are not told apart, ms. */
export const LONGEST_DELAY_MS = 60_000;
