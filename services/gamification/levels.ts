/** XP from one level to the next grows by this much per level: 1 -> 2 takes 100, 2 -> 3 takes 200, and so on. */
const STEP_XP = 100;

/** XP at which a level begins; level 1 begins at 0. */
export function xpOfLevel(level: number): number {
  return (STEP_XP / 2) * level * (level - 1);
}

/**
 * Level of a player, [1, ∞).
 *
 * @param xp whole points, [0, 2^53)
 */
export function levelOf(xp: number): number {
  const estimate = Math.floor((1 + Math.sqrt(1 + (8 * xp) / STEP_XP)) / 2);
  // The root of a large number is rounded: the exact integers decide.
  if (xpOfLevel(estimate) > xp) return estimate - 1;
  if (xpOfLevel(estimate + 1) <= xp) return estimate + 1;
  return estimate;
}
