import { Type } from "typebox";
import { v7 as uuidv7 } from "uuid";
import { subscriptionStarted } from "../../base/events/catalogue/financial.ts";
import { formatMoney, MoneyTextSchema } from "../../base/money.ts";
import { Problem } from "../../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import { postingOfIncome } from "../ledger/posting.ts";
import { post } from "../ledger/store-ledger.ts";
import { endOfPeriod, PLAN_IDS, planOf, plans } from "./plans.ts";
import { startSubscription, type Subscription, subscriptionsOf } from "./store-subscriptions.ts";

/** Marks a route in the API document as one that asks who is calling. */
const SIGNED_IN = [{ token: [] }];

const PlanSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  price: MoneyTextSchema,
  currency: Type.String(),
  periodDays: Type.Integer(),
  benefits: Type.Array(Type.String()),
});

const SubscriptionSchema = Type.Object({
  id: Type.String(),
  plan: Type.String(),
  price: MoneyTextSchema,
  currency: Type.String(),
  status: Type.Enum(["active", "expired"]),
  startsAt: Type.String(),
  endsAt: Type.String(),
});

/** Plans, and the caller's own subscriptions. */
export function subscriptionRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, events, metrics, clock } = context;
  const subscribe = metrics.operation("subscribe");

  app.get(
    "/subscriptions/plans",
    {
      schema: {
        summary: "What there is to subscribe to",
        response: { 200: Type.Object({ plans: Type.Array(PlanSchema) }) },
      },
    },
    () => ({
      plans: plans.map((plan) => ({ ...plan, price: formatMoney(plan.price), benefits: [...plan.benefits] })),
    }),
  );

  app.get(
    "/subscriptions",
    {
      schema: {
        summary: "The caller's subscriptions, newest first",
        security: SIGNED_IN,
        response: { 200: Type.Object({ subscriptions: Type.Array(SubscriptionSchema) }) },
      },
    },
    async (request) => {
      const userId = await auth.requireUser(request);
      return { subscriptions: [...(await subscriptionsOf(database, userId, clock.now()))] };
    },
  );

  app.post(
    "/subscriptions",
    {
      schema: {
        summary: "Subscribes the caller to a plan and takes the payment for its first period",
        security: SIGNED_IN,
        body: Type.Object(
          {
            plan: Type.Enum(PLAN_IDS),
            user_id: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          },
          { additionalProperties: false },
        ),
        response: { 201: Type.Object({ subscription: SubscriptionSchema }) },
      },
    },
    (request, reply) =>
      subscribe.run(async () => {
        const userId = await auth.requireUser(request, request.body.user_id);
        const plan = planOf(request.body.plan);
        const now = clock.now();
        const subscription: Subscription = {
          id: uuidv7(),
          plan: plan.id,
          price: formatMoney(plan.price),
          currency: plan.currency,
          status: "active",
          startsAt: new Date(now).toISOString(),
          endsAt: new Date(endOfPeriod(plan, now)).toISOString(),
        };
        await database.transaction(async (tx) => {
          if (!(await startSubscription(tx, userId, subscription))) throw alreadySubscribed();
          const posting = postingOfIncome({
            kind: "subscription-payment",
            reference: subscription.id,
            userId,
            occurredAt: subscription.startsAt,
            amount: plan.price,
            currency: plan.currency,
          });
          if (posting !== undefined) await post(tx, posting);
          await events.publish(tx, subscriptionStarted, {
            aggregateId: subscription.id,
            data: {
              subscriptionId: subscription.id,
              userId,
              plan: plan.id,
              price: subscription.price,
              currency: subscription.currency,
              expiresAt: subscription.endsAt,
            },
          });
        });
        return reply.code(201).send({ subscription });
      }),
  );
}

function alreadySubscribed(): Problem {
  return new Problem({
    status: 409,
    code: "already-subscribed",
    title: "There is an active subscription already",
    detail: "A user has one active subscription; a new one can start when it has ended.",
  });
}
