import { Type } from "typebox";
import { Fresh } from "../../base/fresh.ts";
import { MoneyTextSchema } from "../../base/money.ts";
import type { Database } from "../../base/postgres/database.ts";
import { Problem } from "../../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import type { KpiBoard } from "./board.ts";
import { historyOf } from "./history.ts";
import { historyFacts, historyStartMs } from "./store-history.ts";

/** The history's budget is two queries in this time, and none while nobody asks. */
const HISTORY_MAX_AGE_MS = 5_000;

const KpiSchema = Type.Object({
  name: Type.String(),
  value: MoneyTextSchema,
  unit: Type.String(),
  window: Type.String({ description: "Time that the value is of: `24h`, `5m`." }),
  ageSeconds: Type.Number({ description: "Age of the data." }),
  previous: MoneyTextSchema,
  changePercent: Type.Union([Type.Number(), Type.Null()], {
    description: "Change against the window before; null where that was nothing and this is something.",
  }),
});

const HistorySchema = Type.Object({
  from: Type.String({ description: "Time of the first point, ISO 8601." }),
  until: Type.String({ description: "Time of the last point: when the history was read." }),
  stepSeconds: Type.Integer({ description: "Between two points; the last one comes earlier." }),
  ageSeconds: Type.Number(),
  kpis: Type.Array(
    Type.Object({
      name: Type.String(),
      points: Type.Array(MoneyTextSchema, { description: "The KPI as it stood at each point, oldest first." }),
      lastHour: Type.String({ description: "What the KPI is with the last hour as its window." }),
    }),
  ),
});

/** The eight business KPIs as they are, and as they were in each minute of the last hour. */
export function kpiRoutes(app: ServiceApp, board: KpiBoard, { database, clock }: Pick<ServiceContext, "database" | "clock">): void {
  app.get(
    "/kpis",
    {
      schema: {
        summary: "The eight business KPIs, against the window before",
        response: { 200: Type.Object({ kpis: Type.Array(KpiSchema) }) },
      },
    },
    () => ({ kpis: [...board.read()] }),
  );

  const times = { patienceMs: 1_000, pauseMs: 1_000 };
  const history = new Fresh(() => readHistory(database, clock.now()), HISTORY_MAX_AGE_MS, clock, times);
  app.get(
    "/kpis/history",
    { schema: { summary: "The eight business KPIs in each minute of the last hour", response: { 200: HistorySchema } } },
    async () => {
      const { nowMs, kpis } = await history
        .get()
        .then(({ value }) => value)
        .catch((error: unknown) => {
          throw notThereYet(error);
        });
      return {
        from: new Date(historyStartMs(nowMs)).toISOString(),
        until: new Date(nowMs).toISOString(),
        stepSeconds: 60,
        ageSeconds: Math.max(0, (clock.now() - nowMs) / 1000),
        kpis: kpis.map(({ name, points, lastHour }) => ({ name, points: [...points], lastHour })),
      };
    },
  );
}

async function readHistory(database: Database, nowMs: number) {
  return { nowMs, kpis: historyOf(await historyFacts(database, nowMs)) };
}

function notThereYet(cause: unknown): Problem {
  return new Problem({
    status: 503,
    code: "kpis-not-there-yet",
    title: "The KPIs are not there yet",
    detail: "The database has not told the last hour since this process started.",
    retryAfterSeconds: 2,
    cause,
  });
}
