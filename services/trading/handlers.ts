import { subscriptionRenewed, subscriptionStarted } from "../base/events/catalogue/financial.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import type { EventData } from "../base/events/define.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { openAccount } from "./accounts-store.ts";
import { entitle } from "./entitlements-store.ts";

/** Opens the trading account of everybody who registers. */
export const accountsGroup: ConsumerGroup = {
  name: "trading.accounts",
  handlers: [on(userRegistered, (tx, event) => openAccount(tx, event.data.userId))],
};

type Subscription = EventData<typeof subscriptionStarted> | EventData<typeof subscriptionRenewed>;

function entitleBy(tx: Transaction, { userId, subscriptionId, plan, expiresAt }: Subscription): Promise<void> {
  return entitle(tx, { userId, subscriptionId, plan, endsAt: expiresAt });
}

/** Lets a subscription's plan decide what its user may trade. */
export const entitlementsGroup: ConsumerGroup = {
  name: "trading.entitlements",
  handlers: [
    on(subscriptionStarted, (tx, { data }) => entitleBy(tx, data)),
    on(subscriptionRenewed, (tx, { data }) => entitleBy(tx, data)),
  ],
};
