import { Type } from "typebox";
import { MoneyTextSchema } from "../../base/money.ts";
import type { ServiceApp } from "../../base/service.ts";
import type { KpiBoard } from "./board.ts";

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

/** The eight business KPIs. */
export function kpiRoutes(app: ServiceApp, board: KpiBoard): void {
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
}
