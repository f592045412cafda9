import { Type, type Static } from "typebox";
import { Value } from "typebox/value";

/** One business KPI as the financial service tells it. */
export const KpiSchema = Type.Object({
  name: Type.String(),
  value: Type.String({ description: "Exact, as decimal string." }),
  unit: Type.String(),
  window: Type.String({ description: "Time that the value is of: `24h`, `5m`." }),
  ageSeconds: Type.Number({ description: "Age of the data behind the value." }),
  previous: Type.String({ description: "Value of the window before." }),
  changePercent: Type.Union([Type.Number(), Type.Null()]),
});

export type Kpi = Static<typeof KpiSchema>;

export const DashboardSchema = Type.Object({
  generatedAt: Type.String({ description: "ISO 8601, UTC." }),
  ageSeconds: Type.Number({ description: "Age of the oldest data shown." }),
  stale: Type.Boolean({ description: "The source cannot be reached; these are its last answers." }),
  kpis: Type.Array(KpiSchema),
});

export type Dashboard = Static<typeof DashboardSchema>;

const AnswerSchema = Type.Object({ kpis: Type.Array(KpiSchema) });

/** The KPIs of financial's answer. @throws Error where it is another document. */
export function parseKpis(answer: unknown): readonly Kpi[] {
  if (!Value.Check(AnswerSchema, answer)) throw new Error("financial's KPIs have another shape than the gateway knows");
  return answer.kpis;
}

/** The dashboard from KPIs that were read `readAgoSeconds` ago. */
export function dashboardOf(kpis: readonly Kpi[], readAgoSeconds: number, stale: boolean, now: Date): Dashboard {
  const aged = kpis.map((kpi) => ({ ...kpi, ageSeconds: round(kpi.ageSeconds + readAgoSeconds) }));
  return {
    generatedAt: now.toISOString(),
    ageSeconds: Math.max(0, ...aged.map((kpi) => kpi.ageSeconds)),
    stale,
    kpis: aged,
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
