/** What one account may do. Paper money: the start balance is given and not earned. */
export interface Tier {
  readonly name: string;
  /** Quote currency. */
  readonly startBalance: string;
  /** Smallest order in quote currency. */
  readonly minOrder: string;
  /** Largest order, and so the largest position, in quote currency. */
  readonly maxOrder: string;
  /** Most that all open positions together may be worth at their opening, in quote currency. */
  readonly maxExposure: string;
  readonly maxOpenPositions: number;
  /** [1, 10] */
  readonly maxLeverage: number;
}

export const STANDARD: Tier = {
  name: "standard",
  startBalance: "100000.00",
  minOrder: "1.00",
  maxOrder: "250000.00",
  maxExposure: "1000000.00",
  maxOpenPositions: 500,
  maxLeverage: 10,
};

/** What the plan `plus` raises the limits to. Leverage stays: a plan buys room and not risk per unit of money. */
export const PLUS: Tier = { ...STANDARD, name: "plus", maxOrder: "1000000.00", maxExposure: "5000000.00", maxOpenPositions: 2_000 };

/** What the plan `pro` raises the limits to. */
export const PRO: Tier = { ...STANDARD, name: "pro", maxOrder: "5000000.00", maxExposure: "25000000.00", maxOpenPositions: 10_000 };

/** The demo user is what validations and demonstrations trade with, again and again: its means do not run out. */
export const DEMO: Tier = {
  ...STANDARD,
  name: "demo",
  startBalance: "1000000000.00",
  maxExposure: "10000000000.00",
  maxOpenPositions: 1_000_000,
};

const tiers: ReadonlyMap<string, Tier> = new Map([STANDARD, PLUS, PRO, DEMO].map((tier) => [tier.name, tier]));

/** @throws Error when the tier is unknown: the account comes from a newer version. */
export function tierNamed(name: string): Tier {
  const tier = tiers.get(name);
  if (!tier) throw new Error(`account tier "${name}" is unknown; known: ${[...tiers.keys()].join(", ")}`);
  return tier;
}

/** Id of the user that mode `dev` seeds. */
const DEMO_USER_ID = 123;

/** Tier in which an account is opened. */
export function tierOf(userId: number): Tier {
  return userId === DEMO_USER_ID ? DEMO : STANDARD;
}

const tierOfPlan: ReadonlyMap<string, Tier> = new Map([
  ["plus", PLUS],
  ["pro", PRO],
]);

/**
 * Tier that an account has while its user's plan runs; without one, its own. A plan that this version does not know
 * changes nothing, and the demo user's tier is above every plan.
 */
export function entitledTier(own: Tier, plan: string | undefined): Tier {
  if (plan === undefined || own === DEMO) return own;
  return tierOfPlan.get(plan) ?? own;
}
