export type Rarity = "common" | "rare" | "epic" | "legendary";

/** What an achievement is rewarded with. */
export interface Reward {
  readonly name: string;
  readonly rarity: Rarity;
}

/** By achievement key. Achievements that are not here are rewarded all the same, with a common token. */
const rewards: ReadonlyMap<string, Reward> = new Map<string, Reward>([
  ["first-trade", { name: "Opening Bell", rarity: "common" }],
  ["ten-trades", { name: "Floor Trader", rarity: "rare" }],
  ["hundred-trades", { name: "Market Maker", rarity: "epic" }],
  ["volume-100k", { name: "Whale", rarity: "legendary" }],
  ["first-profit", { name: "In the Green", rarity: "common" }],
  ["first-post", { name: "Town Crier", rarity: "common" }],
  ["ten-likes", { name: "Golden Thumb", rarity: "rare" }],
  ["first-purchase", { name: "First Edition", rarity: "rare" }],
]);

/** The reward of an achievement; `title` names it where the catalogue does not know it. */
export function rewardOf(achievement: string, title: string | undefined): Reward {
  return rewards.get(achievement) ?? { name: title ?? achievement, rarity: "common" };
}
