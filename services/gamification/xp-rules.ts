import { Decimal } from "decimal.js";

/** What a player did that earns points. */
export type XpRule = keyof typeof XP_RULES;

interface XpRuleData {
  /** Points for each time. */
  readonly base: number;
  /** Further points by the size of the deed: one per `every` quote units, at most `most`. */
  readonly perAmount?: { readonly every: number; readonly most: number };
  /** Times a day (UTC) that count, so that nobody gets rich by repeating what costs nothing. Absent: all. */
  readonly timesPerDay?: number;
  /** Counters that the deed raises; conditions of achievements read them. */
  readonly counters: readonly Counter[];
}

/** What a player has done in total. `volume` grows by the amount in quote units, all others by 1. */
export type Counter = "trades" | "volume" | "profits" | "posts" | "comments" | "likes" | "follows" | "nfts" | "purchases";

export const XP_RULES = {
  "trade-executed": { base: 10, perAmount: { every: 100, most: 100 }, counters: ["trades", "volume"] },
  "closed-with-profit": { base: 25, counters: ["profits"] },
  "post-created": { base: 5, timesPerDay: 20, counters: ["posts"] },
  "comment-created": { base: 2, timesPerDay: 30, counters: ["comments"] },
  "post-liked": { base: 1, timesPerDay: 50, counters: ["likes"] },
  "user-followed": { base: 1, timesPerDay: 20, counters: ["follows"] },
  "nft-minted": { base: 15, counters: ["nfts"] },
  "nft-bought": { base: 15, counters: ["purchases"] },
} as const satisfies Record<string, XpRuleData>;

/**
 * Points for one deed.
 *
 * @param rule what was done
 * @param amount size of the deed in quote units; only rules with `perAmount` look at it
 * @param timesToday how often the rule has already given this player points today
 */
export function pointsFor(rule: XpRule, amount: Decimal, timesToday: number): number {
  const data: XpRuleData = XP_RULES[rule];
  if (data.timesPerDay !== undefined && timesToday >= data.timesPerDay) return 0;
  if (data.perAmount === undefined) return data.base;
  const steps = amount.div(data.perAmount.every).floor();
  return data.base + Decimal.min(steps, data.perAmount.most).toNumber();
}

/** Whether a rule counts only so many times a day. */
export function isCappedPerDay(rule: XpRule): boolean {
  const data: XpRuleData = XP_RULES[rule];
  return data.timesPerDay !== undefined;
}

/** By how much one deed raises each counter. */
export function countersOf(rule: XpRule, amount: Decimal): ReadonlyMap<Counter, Decimal> {
  const data: XpRuleData = XP_RULES[rule];
  return new Map(data.counters.map((counter) => [counter, counter === "volume" ? amount : new Decimal(1)]));
}
