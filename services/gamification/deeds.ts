import { Decimal } from "decimal.js";
import { nftMinted, nftSold } from "../base/events/catalogue/nft.ts";
import { postCommented, postCreated, postLiked, userFollowed } from "../base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import type { EventData, EventDefinition } from "../base/events/define.ts";
import type { EventEnvelope } from "../base/events/envelope.ts";
import type { Deed } from "./reward.ts";

type DeedOf = Omit<Deed, "event"> | undefined;

const NO_AMOUNT = new Decimal(0);

function rule<D extends EventDefinition>(definition: D, deedOf: (data: EventData<D>) => DeedOf): [string, (data: unknown) => DeedOf] {
  // The bus has checked the data against this very definition.
  return [definition.type, (data) => deedOf(data as EventData<D>)];
}

const RULES: ReadonlyMap<string, (data: unknown) => DeedOf> = new Map([
  rule(tradeExecuted, ({ userId, amount }) => ({ userId, rule: "trade-executed", amount: new Decimal(amount) })),
  rule(positionClosed, ({ userId, profit }) => {
    const amount = new Decimal(profit);
    return amount.gt(0) ? { userId, rule: "closed-with-profit", amount } : undefined;
  }),
  rule(postCreated, ({ userId }) => ({ userId, rule: "post-created", amount: NO_AMOUNT })),
  // Praise of oneself earns nothing.
  rule(postLiked, ({ userId, authorId }) => (userId === authorId ? undefined : { userId, rule: "post-liked", amount: NO_AMOUNT })),
  rule(postCommented, ({ userId }) => ({ userId, rule: "comment-created", amount: NO_AMOUNT })),
  rule(userFollowed, ({ userId }) => ({ userId, rule: "user-followed", amount: NO_AMOUNT })),
  rule(nftMinted, ({ userId }) => ({ userId, rule: "nft-minted", amount: NO_AMOUNT })),
  rule(nftSold, ({ buyerId, price }) => ({ userId: buyerId, rule: "nft-bought", amount: new Decimal(price) })),
]);

/** What an event tells of a player's deed; nothing where it earns nothing. */
export function deedsOf(event: EventEnvelope): readonly Deed[] {
  const deed = RULES.get(event.type)?.(event.data);
  return deed === undefined ? [] : [{ ...deed, event }];
}
