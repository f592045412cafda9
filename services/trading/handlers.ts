import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import { openAccount } from "./accounts-store.ts";

/** Opens the trading account of everybody who registers. */
export const accountsGroup: ConsumerGroup = {
  name: "trading.accounts",
  handlers: [on(userRegistered, (tx, event) => openAccount(tx, event.data.userId))],
};
