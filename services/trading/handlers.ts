import { subscriptionStarted } from "../base/events/catalogue/financial.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import { openAccount } from "./accounts-store.ts";
import { entitle } from "./entitlements-store.ts";

/** Opens the trading account of everybody who registers. */
export const accountsGroup: ConsumerGroup = {
  name: "trading.accounts",
  handlers: [on(userRegistered, (tx, event) => openAccount(tx, event.data.userId))],
};

/** Lets a subscription's plan decide what its user may trade. */
export const entitlementsGroup: ConsumerGroup = {
  name: "trading.entitlements",
  handlers: [
    on(subscriptionStarted, (tx, { data }) =>
      entitle(tx, { userId: data.userId, subscriptionId: data.subscriptionId, plan: data.plan, endsAt: data.expiresAt }),
    ),
  ],
};
