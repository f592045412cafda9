import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { Amount, Id, Instant, UserId } from "./fields.ts";

const planOfUser = {
  subscriptionId: Id,
  userId: UserId,
  /** Key of the plan: `pro`. */
  plan: Type.String({ minLength: 1 }),
  price: Amount,
};

/** A user has a paid plan from now on. Aggregate: the subscription. */
export const subscriptionStarted = defineEvent({
  type: "financial.subscription.started",
  version: 1,
  data: Type.Object({
    ...planOfUser,
    currency: Type.Optional(Type.String()),
    expiresAt: Type.Optional(Instant),
  }),
});

/** A user's paid plan runs for another period: the platform did it, and nobody was active. Aggregate: the subscription. */
export const subscriptionRenewed = defineEvent({
  type: "financial.subscription.renewed",
  version: 1,
  data: Type.Object({
    ...planOfUser,
    currency: Type.String(),
    /** Which period begins, [2, ∞). */
    period: Type.Integer({ minimum: 2 }),
    expiresAt: Instant,
  }),
});
