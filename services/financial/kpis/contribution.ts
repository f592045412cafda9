import { Decimal } from "decimal.js";
import { subscriptionRenewed, subscriptionStarted } from "../../base/events/catalogue/financial.ts";
import { nftListed, nftSold } from "../../base/events/catalogue/nft.ts";
import { postCommented, postCreated, postLiked, userFollowed } from "../../base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../../base/events/catalogue/trading.ts";
import { userRegistered } from "../../base/events/catalogue/user.ts";
import type { EventData, EventDefinition } from "../../base/events/define.ts";
import type { EventEnvelope } from "../../base/events/envelope.ts";
import { PLATFORM_CURRENCY, quoteCurrency } from "../currency.ts";

/** What is added up for every minute. Money is in the platform's currency. */
export type KpiMetric = "registrations" | "trades" | "volume" | "revenue" | "interactions" | "nft-volume";

/** What one event adds to the KPIs. */
export interface Contribution {
  /** Who did something; absent for what the platform does by itself, which is nobody's activity. */
  readonly activeUserId?: number;
  readonly amounts: Readonly<Partial<Record<KpiMetric, Decimal>>>;
}

interface Rule {
  readonly type: string;
  readonly contribute: (data: unknown) => Contribution;
}

function rule<D extends EventDefinition>(definition: D, contribute: (data: EventData<D>) => Contribution): Rule {
  // The bus has checked the data against this very definition.
  return { type: definition.type, contribute: (data) => contribute(data as EventData<D>) };
}

const ONE = new Decimal(1);

/** Amounts in other currencies stand in the ledger; the KPIs do not mix them with the platform's. */
function ofPlatformCurrency(symbol: string, amount: string): Decimal {
  return quoteCurrency(symbol) === PLATFORM_CURRENCY ? new Decimal(amount) : new Decimal(0);
}

const interaction = (data: { readonly userId: number }): Contribution => ({
  activeUserId: data.userId,
  amounts: { interactions: ONE },
});

const RULES: ReadonlyMap<string, Rule> = new Map(
  [
    rule(userRegistered, ({ userId }) => ({ activeUserId: userId, amounts: { registrations: ONE } })),
    rule(tradeExecuted, ({ userId, symbol, amount, fee }) => ({
      activeUserId: userId,
      amounts: { trades: ONE, volume: ofPlatformCurrency(symbol, amount), revenue: ofPlatformCurrency(symbol, fee) },
    })),
    rule(positionClosed, ({ userId, symbol, fee }) => ({
      activeUserId: userId,
      amounts: { revenue: ofPlatformCurrency(symbol, fee) },
    })),
    rule(postCreated, interaction),
    rule(postLiked, interaction),
    rule(postCommented, interaction),
    rule(userFollowed, interaction),
    rule(subscriptionStarted, ({ userId, price }) => ({
      activeUserId: userId,
      amounts: { revenue: new Decimal(price) },
    })),
    rule(subscriptionRenewed, ({ price }) => ({ amounts: { revenue: new Decimal(price) } })),
    rule(nftListed, ({ sellerId }) => ({ activeUserId: sellerId, amounts: {} })),
    rule(nftSold, ({ buyerId, price, commission }) => ({
      activeUserId: buyerId,
      amounts: { "nft-volume": new Decimal(price), revenue: new Decimal(commission) },
    })),
  ].map((entry) => [entry.type, entry]),
);

/** What an event adds; absent for one that moves no KPI. */
export function contributionOf(event: Pick<EventEnvelope, "type" | "data">): Contribution | undefined {
  return RULES.get(event.type)?.contribute(event.data);
}
