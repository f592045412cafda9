import type { EventDefinition } from "../define.ts";
import { subscriptionRenewed, subscriptionStarted } from "./financial.ts";
import { achievementUnlocked, levelReached, xpAwarded } from "./gamification.ts";
import { nftListed, nftMinted, nftSold, ownershipConfirmed } from "./nft.ts";
import { postCommented, postCreated, postLiked, userFollowed } from "./social.ts";
import { positionClosed, tradeExecuted } from "./trading.ts";
import { userRegistered } from "./user.ts";

/** Every type of event of the platform, in every version that may be in a stream. */
export const catalogue: readonly EventDefinition[] = [
  userRegistered,
  tradeExecuted,
  positionClosed,
  xpAwarded,
  achievementUnlocked,
  levelReached,
  postCreated,
  postLiked,
  postCommented,
  userFollowed,
  subscriptionStarted,
  subscriptionRenewed,
  nftMinted,
  nftListed,
  nftSold,
  ownershipConfirmed,
];

/** Domains that publish events, each with a stream of its own. */
export const eventDomains: readonly string[] = [...new Set(catalogue.map((event) => event.domain))];
