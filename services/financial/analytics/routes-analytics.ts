import { Type } from "typebox";
import { formatMoney, MoneyTextSchema } from "../../base/money.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import { PLATFORM_CURRENCY } from "../currency.ts";
import { payersByDay, revenueByDay, revenueTotals } from "../ledger/store-revenue.ts";
import { firstOfLastDays } from "./days.ts";
import { cohortsFrom } from "./store-cohorts.ts";

const DaysQuery = Type.Object(
  { days: Type.Integer({ minimum: 1, maximum: 366, default: 30, description: "Last days, this one included (UTC)." }) },
  { additionalProperties: false },
);

const income = { source: Type.String(), currency: Type.String(), amount: MoneyTextSchema };

const Cohorts = Type.Object({
  from: Type.String(),
  currency: Type.String(),
  cohorts: Type.Array(
    Type.Object({
      registeredOn: Type.String(),
      users: Type.Integer(),
      traders: Type.Integer(),
      trades: Type.Integer(),
      revenue: MoneyTextSchema,
      revenuePerUser: MoneyTextSchema,
    }),
  ),
});

const PayingDays = Type.Object({
  from: Type.String(),
  days: Type.Array(
    Type.Object({
      day: Type.String(),
      currency: Type.String(),
      amount: MoneyTextSchema,
      payingUsers: Type.Integer(),
      payments: Type.Integer(),
      revenuePerUser: MoneyTextSchema,
    }),
  ),
});

/** Marks a route in the API document as one that asks who is calling. */
const SIGNED_IN = [{ token: [] }];

/** Revenue from the ledger, cohorts from the events: the company's own figures, for operators alone. */
export function analyticsRoutes(app: ServiceApp, { database, clock, metrics, auth }: ServiceContext): void {
  const revenueRead = metrics.operation("revenue-read");
  const cohortsRead = metrics.operation("cohorts-read");

  app.get(
    "/revenue",
    {
      schema: {
        summary: "Revenue by day, source and currency, as the ledger has it (operators)",
        tags: ["operators"],
        security: SIGNED_IN,
        querystring: DaysQuery,
        response: {
          200: Type.Object({
            from: Type.String(),
            totals: Type.Array(Type.Object(income)),
            days: Type.Array(Type.Object({ day: Type.String(), ...income })),
          }),
        },
      },
    },
    (request) =>
      revenueRead.run(async () => {
        await auth.requireRole(request, "operator");
        const from = firstOfLastDays(request.query.days, clock.now());
        const days = await revenueByDay(database, from);
        return {
          from,
          totals: revenueTotals(days).map((total) => ({ ...total, amount: formatMoney(total.amount) })),
          days: days.map((day) => ({ ...day, amount: formatMoney(day.amount) })),
        };
      }),
  );

  app.get(
    "/revenue/users",
    {
      schema: {
        summary: "Revenue for each paying user, by day and currency (operators)",
        tags: ["operators"],
        security: SIGNED_IN,
        querystring: DaysQuery,
        response: { 200: PayingDays },
      },
    },
    (request) =>
      revenueRead.run(async () => {
        await auth.requireRole(request, "operator");
        const from = firstOfLastDays(request.query.days, clock.now());
        const days = await payersByDay(database, from);
        return {
          from,
          days: days.map((day) => ({
            ...day,
            amount: formatMoney(day.amount),
            revenuePerUser: formatMoney(day.payingUsers === 0 ? day.amount : day.amount.div(day.payingUsers).toDecimalPlaces(4)),
          })),
        };
      }),
  );

  app.get(
    "/cohorts",
    {
      schema: {
        summary: "Users by the day of their registration, and what they have brought in since (operators)",
        tags: ["operators"],
        security: SIGNED_IN,
        querystring: DaysQuery,
        response: { 200: Cohorts },
      },
    },
    (request) =>
      cohortsRead.run(async () => {
        await auth.requireRole(request, "operator");
        const from = firstOfLastDays(request.query.days, clock.now());
        const cohorts = await cohortsFrom(database, from);
        return {
          from,
          currency: PLATFORM_CURRENCY,
          cohorts: cohorts.map((cohort) => ({
            ...cohort,
            revenue: formatMoney(cohort.revenue),
            revenuePerUser: formatMoney(cohort.revenue.div(cohort.users).toDecimalPlaces(4)),
          })),
        };
      }),
  );
}
