import { Type } from "typebox";
import { v7 as uuidv7 } from "uuid";
import { subscriptionStarted } from "../../base/events/catalogue/financial.ts";
import { formatMoney, MoneyTextSchema } from "../../base/money.ts";
import { Problem } from "../../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import { postingOfIncome } from "../ledger/posting.ts";
import { post } from "../ledger/store-ledger.ts";
import { endOfPeriod, PLAN_IDS, planOf, plans } from "./plans.ts";
import { setRenewal, startSubscription, type Subscription, subscriptionsOf } from "./store-subscriptions.ts";

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
  renews: Type.Boolean({ description: "Whether the next period begins, and is paid, when this one ends." }),
});

/** Plans, and the caller's own subscriptions. */
export function subscriptionRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, events, metrics, clock } = context;
  const subscribe = metrics.operation("subscribe");
  const renewal = metrics.operation("set-renewal");

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
            renews: Type.Optional(Type.Boolean({ description: "False: it ends with its first period. Otherwise true." })),
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
          renews: request.body.renews ?? true,
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

  app.patch(
    "/subscriptions/:id",
    {
      schema: {
        summary: "Decides whether a subscription of the caller is renewed; it runs to its end either way",
        security: SIGNED_IN,
        params: Type.Object({ id: Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }) }),
        body: Type.Object({ renews: Type.Boolean() }, { additionalProperties: false }),
        response: { 200: Type.Object({ subscription: SubscriptionSchema }) },
      },
    },
    (request) =>
      renewal.run(async () => {
        const userId = await auth.requireUser(request);
        const { id } = request.params;
        const subscription = await setRenewal(database, { userId, id, renews: request.body.renews, now: new Date(clock.now()) });
        if (subscription === undefined) throw subscriptionNotFound(id);
        return { subscription };
      }),
  );
}

function subscriptionNotFound(id: string): Problem {
  return new Problem({
    status: 404,
    code: "subscription-not-found",
    title: "There is no such subscription",
    errors: [{ path: "/params/id", message: `you have no active subscription ${id}` }],
  });
}

function alreadySubscribed(): Problem {
  return new Problem({
    status: 409,
    code: "already-subscribed",
    title: "There is an active subscription already",
    detail: "A user has one active subscription; a new one can start when it has ended.",
    errors: [{ path: "/body/plan", message: "can be chosen when the active subscription has ended" }],
  });
}
