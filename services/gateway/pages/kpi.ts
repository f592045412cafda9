import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { KPI_TITLES } from "../../base/metrics-contract/kpi-titles.ts";

const FINANCIAL_KPI = {
  name: Type.String(),
  value: Type.String({ description: "Exact, as decimal string." }),
  unit: Type.String(),
  window: Type.String({ description: "Time that the value is of: `24h`, `5m`." }),
  ageSeconds: Type.Number({ description: "Age of the data behind the value." }),
  previous: Type.String({ description: "Value of the window before." }),
  changePercent: Type.Union([Type.Number(), Type.Null()], {
    description: "Against the window before; null where that was nothing and this is something.",
  }),
};

/** One business KPI as the financial service tells it. */
const FinancialKpiSchema = Type.Object(FINANCIAL_KPI);

export type FinancialKpi = Static<typeof FinancialKpiSchema>;

const HISTORY_TIMES = {
  from: Type.String({ description: "Time of the first point, ISO 8601." }),
  until: Type.String({ description: "Time of the last point." }),
  stepSeconds: Type.Number({ exclusiveMinimum: 0, description: "Between two points; the last one comes earlier." }),
};

const HistorySchema = Type.Object({
  ...HISTORY_TIMES,
  kpis: Type.Array(Type.Object({ name: Type.String(), points: Type.Array(Type.String()), lastHour: Type.String() })),
});

export type KpiHistory = Static<typeof HistorySchema>;

export const KpiSchema = Type.Object({
  ...FINANCIAL_KPI,
  title: Type.String(),
  points: Type.Array(Type.String(), { description: "The KPI at each time of `history`, oldest first; empty where there is none." }),
  lastHour: Type.Union([Type.String(), Type.Null()], { description: "What the KPI is with the last hour as its window." }),
});

export type Kpi = Static<typeof KpiSchema>;

export const DashboardSchema = Type.Object({
  generatedAt: Type.String({ description: "ISO 8601, UTC." }),
  dataAt: Type.String({ description: "When the oldest of the figures was true." }),
  ageSeconds: Type.Number({ description: "Age of the oldest figure shown." }),
  stale: Type.Boolean({ description: "The figures are older than they should be; `staleReason` says why." }),
  staleReason: Type.Union([Type.Literal("financial-unreachable"), Type.Literal("financial-without-data"), Type.Null()]),
  kpis: Type.Array(KpiSchema),
  history: Type.Union([Type.Object(HISTORY_TIMES), Type.Null()], { description: "Times of the KPIs' `points`." }),
});

export type Dashboard = Static<typeof DashboardSchema>;

const AnswerSchema = Type.Object({ kpis: Type.Array(FinancialKpiSchema) });

/** The KPIs of financial's answer. @throws Error where it is another document. */
export function parseKpis(answer: unknown): readonly FinancialKpi[] {
  if (!Value.Check(AnswerSchema, answer)) throw new Error("financial's KPIs have another shape than the gateway knows");
  return answer.kpis;
}

/** The KPIs' last hour of financial's answer. @throws Error where it is another document. */
export function parseHistory(answer: unknown): KpiHistory {
  if (!Value.Check(HistorySchema, answer)) throw new Error("financial's history of KPIs has another shape than the gateway knows");
  return answer;
}

/** What the dashboard is made from. */
export interface DashboardSource {
  readonly kpis: readonly FinancialKpi[];
  /** Absent where financial has not told any. */
  readonly history?: KpiHistory | undefined;
  /** How long ago the KPIs were read from financial, in seconds. */
  readonly readAgoSeconds: number;
  /** Age of the reading from which on financial counts as unreachable, in seconds. */
  readonly unreachableSeconds: number;
  readonly now: Date;
}

/** Figures are not to be older than this, in seconds (R-GW-1). */
const MAX_AGE_SECONDS = 10;

/** The dashboard, with the true age of all that is in it. */
export function dashboardOf({ kpis, history, readAgoSeconds, unreachableSeconds, now }: DashboardSource): Dashboard {
  const pasts = new Map(history?.kpis.map((past) => [past.name, past]));
  const shown = kpis.map((kpi) => ({
    ...kpi,
    title: titleOf(kpi.name),
    ageSeconds: round(kpi.ageSeconds + readAgoSeconds),
    points: pasts.get(kpi.name)?.points ?? [],
    lastHour: pasts.get(kpi.name)?.lastHour ?? null,
  }));
  const ageSeconds = Math.max(0, ...shown.map((kpi) => kpi.ageSeconds));
  const staleReason = readAgoSeconds > unreachableSeconds ? "financial-unreachable" : ageSeconds > MAX_AGE_SECONDS ? "financial-without-data" : null;
  return {
    generatedAt: now.toISOString(),
    dataAt: new Date(now.getTime() - ageSeconds * 1000).toISOString(),
    ageSeconds,
    stale: staleReason !== null,
    staleReason,
    kpis: shown,
    history: history === undefined ? null : { from: history.from, until: history.until, stepSeconds: history.stepSeconds },
  };
}

function titleOf(name: string): string {
  return new Map(Object.entries(KPI_TITLES)).get(name) ?? name;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
