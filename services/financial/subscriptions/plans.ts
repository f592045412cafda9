import { Decimal } from "decimal.js";
import { PLATFORM_CURRENCY } from "../currency.ts";

/** What a player can subscribe to. */
export interface Plan {
  /** Stable: stored and published. */
  readonly id: string;
  readonly name: string;
  /** For one period. */
  readonly price: Decimal;
  readonly currency: string;
  /** Length of a period, [1, ∞). */
  readonly periodDays: number;
  /** What it is good for, for people. */
  readonly benefits: readonly string[];
}

export const PLAN_IDS = ["plus", "pro"] as const;

export type PlanId = (typeof PLAN_IDS)[number];

const PLANS: Readonly<Record<PlanId, Plan>> = {
  plus: {
    id: "plus",
    name: "Plus",
    price: new Decimal("9.99"),
    currency: PLATFORM_CURRENCY,
    periodDays: 30,
    benefits: ["Higher trading limits"],
  },
  pro: {
    id: "pro",
    name: "Pro",
    price: new Decimal("29.99"),
    currency: PLATFORM_CURRENCY,
    periodDays: 30,
    benefits: ["Highest trading limits"],
  },
};

export const plans: readonly Plan[] = PLAN_IDS.map((id) => PLANS[id]);

export function planOf(id: PlanId): Plan {
  return PLANS[id];
}

/** The plan of an id; absent for one that there is no more. */
export function planNamed(id: string): Plan | undefined {
  return plans.find((plan) => plan.id === id);
}

const MILLISECONDS_PER_DAY = 86_400_000;

/** End of the period of a plan that begins at `startMs`; both in milliseconds since 1970. */
export function endOfPeriod(plan: Plan, startMs: number): number {
  return startMs + plan.periodDays * MILLISECONDS_PER_DAY;
}
