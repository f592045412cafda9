import { ruleGroups } from "../../alerts/groups.ts";
import { parsePromql } from "../../alerts/model/promql.ts";
import { boards } from "../../dashboards/boards.ts";
import { withAllChosen } from "../../dashboards/model/check-board.ts";
import { metricOfSeries } from "../../services/base/metrics-contract/contract.ts";
import type { MetricSource } from "../../services/base/metrics-contract/metric.ts";
import { PORTS } from "../platform/ports.ts";
import type { ValidationCheck, ValidationContext } from "./check.ts";
import { at, eventually, request, requireStatus } from "./http.ts";
import { executeTrade } from "./journey-checks.ts";

/** A rate sees only what grows between two scrapes, and has no ratio in a minute without requests: the check trades. */
const TRADE_EVERY_MS = 10_000;

/** Slow rules are evaluated every 30 s, and a rate needs two samples. */
const SETTLE_MS = 120_000;

interface Sample {
  readonly workload: string;
  readonly value: number;
}

async function ask(context: ValidationContext, path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const url = `${context.url(PORTS.prometheus)}${path}?${new URLSearchParams(parameters).toString()}`;
  const answer = await request(context, url);
  requireStatus(url, answer, 200);
  return at(answer.json, "data");
}

async function samples(context: ValidationContext, query: string): Promise<readonly Sample[]> {
  const result = at(await ask(context, "/api/v1/query", { query }), "result");
  return (Array.isArray(result) ? (result as readonly unknown[]) : []).map((sample) => ({
    workload: String(at(sample, "metric", "workload")),
    value: Number(at(sample, "value", 1)),
  }));
}

/** Series of an expression that this platform cannot have, since it runs without their source. */
function withoutSource(expr: string, scraped: ReadonlySet<string>, { target }: ValidationContext): readonly string[] {
  const isHere = ({ workloads, onlyOn }: MetricSource): boolean =>
    (onlyOn === undefined || onlyOn === target) && workloads.some((workload) => scraped.has(workload));
  return parsePromql(expr).selectors.flatMap(({ series }) => {
    const source = metricOfSeries(series)?.source;
    return source === undefined || isHere(source) ? [] : [source.name];
  });
}

async function presentSeries(context: ValidationContext): Promise<ReadonlySet<string>> {
  const present = await ask(context, "/api/v1/label/__name__/values");
  return new Set(Array.isArray(present) ? present.map(String) : []);
}

const isSparse = (series: string): boolean => metricOfSeries(series)?.metric.sparse === true;

/** Whether an expression names what is told only of things that have happened, and this one never has. */
function neverHappened(expr: string, present: ReadonlySet<string>): boolean {
  return parsePromql(expr).selectors.some(({ series }) => isSparse(series) && !present.has(series));
}

async function scrapedWorkloads(context: ValidationContext): Promise<ReadonlySet<string>> {
  return new Set((await samples(context, "count by (workload) (up)")).map((sample) => sample.workload));
}

const counted = (left: ReadonlySet<string>): string => (left.size > 0 ? `; not deployed: ${[...left].join(", ")}` : "");

const named: ValidationCheck = {
  name: "every metric that a rule or a panel names is there (R-MON-1, R-MON-2)",
  async run(context) {
    const rules = ruleGroups.flatMap((group) => [...group.alerts, ...group.records]).map((rule) => rule.expr);
    const panels = boards.flatMap((board) => board.rows.flatMap((row) => row.panels.flatMap((panel) => panel.queries)));
    const series = new Set([...rules, ...panels.map((query) => withAllChosen(query.expr))].flatMap((expr) => parsePromql(expr).selectors.map((selector) => selector.series)));
    const scraped = await scrapedWorkloads(context);
    const left = new Set<string>();
    const expected = [...series].filter((name) => {
      const [source] = withoutSource(name, scraped, context);
      if (source !== undefined) left.add(source);
      return source === undefined && !isSparse(name);
    });
    await eventually(context, SETTLE_MS, async () => {
      const names = await presentSeries(context);
      const missing = expected.filter((name) => !names.has(name));
      return missing.length === 0 ? { done: true } : { notYet: `Prometheus has no ${missing.join(", ")}` };
    });
    return `${expected.length} series${counted(left)}`;
  },
};

const panelsHaveData: ValidationCheck = {
  name: "every panel of every dashboard has data (R-MON-1)",
  async run(context) {
    const scraped = await scrapedWorkloads(context);
    const left = new Set<string>();
    const queries = boards
      .flatMap((board) => board.rows.flatMap((row) => row.panels.map((panel) => ({ board, panel }))))
      .flatMap(({ board, panel }) => panel.queries.map(({ expr }) => ({ name: `${board.uid}/${panel.title}`, expr: withAllChosen(expr) })))
      .filter(({ expr }) => {
        const [source] = withoutSource(expr, scraped, context);
        if (source !== undefined) left.add(source);
        return source === undefined;
      });
    let idle = 0;
    let tradedAt = Number.NEGATIVE_INFINITY;
    await eventually(context, SETTLE_MS, async () => {
      if (context.clock.now() - tradedAt >= TRADE_EVERY_MS) {
        await executeTrade(context);
        tradedAt = context.clock.now();
      }
      const present = await presentSeries(context);
      const expected = queries.filter(({ expr }) => !neverHappened(expr, present));
      idle = queries.length - expected.length;
      const empty: string[] = [];
      for (const { name, expr } of expected) {
        const found = await samples(context, expr);
        if (!found.some((sample) => Number.isFinite(sample.value))) empty.push(`${name} (${expr})`);
      }
      return empty.length === 0 ? { done: true } : { notYet: `panels without data: ${empty.join("; ")}` };
    });
    return `${queries.length - idle} queries${counted(left)}${idle > 0 ? `; nothing to show yet: ${idle}` : ""}`;
  },
};

const rulesWork: ValidationCheck = {
  name: "every alert rule is loaded and can be evaluated (R-MON-2)",
  async run(context) {
    const expected = ruleGroups.flatMap((group) => group.alerts.map((alert) => alert.name));
    const { value } = await eventually(context, SETTLE_MS, async () => {
      const groups = at(await ask(context, "/api/v1/rules"), "groups");
      const rules = (Array.isArray(groups) ? (groups as readonly unknown[]) : []).flatMap((group) => {
        const list = at(group, "rules");
        return Array.isArray(list) ? (list as readonly unknown[]) : [];
      });
      const missing = expected.filter((name) => !rules.some((rule) => at(rule, "name") === name));
      if (missing.length > 0) throw new Error(`Prometheus has not loaded ${missing.join(", ")}`);
      const broken = rules.filter((rule) => at(rule, "health") !== "ok");
      const reasons = broken.map((rule) => `${String(at(rule, "name"))}: ${String(at(rule, "lastError") ?? "not evaluated yet")}`);
      if (broken.length > 0) return { notYet: reasons.join("; ") };
      return { done: rules.filter((rule) => at(rule, "state") === "firing").map((rule) => String(at(rule, "name"))) };
    });
    return `${expected.length} alerts; firing: ${value.join(", ")}`;
  },
};

/** What Prometheus has to know after some traffic. */
export const metricChecks: readonly ValidationCheck[] = [rulesWork, named, panelsHaveData];
