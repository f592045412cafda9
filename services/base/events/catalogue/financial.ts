import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { Amount, Id, Instant, UserId } from "./fields.ts";

/** A user has a paid plan from now on. Aggregate: the subscription. */
export const subscriptionStarted = defineEvent({
  type: "financial.subscription.started",
  version: 1,
  data: Type.Object({
    subscriptionId: Id,
    userId: UserId,
    /** Key of the plan: `pro`. */
    plan: Type.String({ minLength: 1 }),
    price: Amount,
    currency: Type.Optional(Type.String()),
    expiresAt: Type.Optional(Instant),
  }),
});
