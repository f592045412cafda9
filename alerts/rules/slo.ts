import { FRONTEND_RESPONSES } from "../../services/base/metrics-contract/external/edge.ts";
import { DASHBOARDS, type AlertRule, type AlertTest, type RecordRule, type RuleGroup, type Severity } from "../model/alert.ts";
import { BURN_ALERTS, BURN_WINDOWS, slos } from "../model/slo.ts";

/** A budget that is spent many times over is spent: larger numbers say nothing more, and read badly. */
const MOST_BUDGETS = 10;

const REQUESTS = "slo:requests:rate5m";
const ERRORS = "slo:errors:rate5m";
const BUDGET = "slo:error_budget:ratio";
const INTERVAL_SECONDS = 30;
/** Few requests prove nothing. */
const moreThan = (requests: number, window: string): string => `sum_over_time(${REQUESTS}[${window}]) * ${INTERVAL_SECONDS} > ${requests}`;
const burnRate = (window: string): string => `slo:burn_rate:${window}`;

const records: readonly RecordRule[] = [
  ...slos.flatMap(({ name, budget, total, bad }) => [
    { record: BUDGET, expr: `vector(${budget})`, labels: { slo: name } },
    { record: REQUESTS, expr: total, labels: { slo: name } },
    { record: ERRORS, expr: `(${bad}) or 0 * ${total}`, labels: { slo: name } },
  ]),
  ...BURN_WINDOWS.map((window) => ({
    record: burnRate(window),
    expr:
      window === "5m"
        ? `${ERRORS} / ${REQUESTS} / ${BUDGET}`
        : `sum_over_time(${ERRORS}[${window}]) / sum_over_time(${REQUESTS}[${window}]) / ${BUDGET}`,
  })),
];

/** A run of the edge's answers that burns the availability budget `times` as fast as allowed. */
function burning(times: { readonly bad: number; readonly good: number }, value: string): AlertTest {
  const total = 30_000;
  const edge = (code: string): string => `${FRONTEND_RESPONSES.name}{proxy="gateway",code="${code}"}`;
  const errors = (factor: number): number => Math.round(total * 0.001 * factor);
  return {
    stepSeconds: 30,
    trueAfterSeconds: 30,
    labels: { slo: "gateway-availability" },
    value,
    series: [
      { series: edge("2xx"), bad: { perStep: total - errors(times.bad) }, good: { perStep: total - errors(times.good) } },
      { series: edge("5xx"), bad: { perStep: errors(times.bad) }, good: { perStep: errors(times.good) } },
    ],
  };
}

interface BurnAlert {
  readonly name: string;
  readonly severity: Severity;
  readonly pair: keyof typeof BURN_ALERTS;
  readonly forSeconds: number;
  readonly leaves: string;
  readonly test: AlertTest;
}

function burnAlert({ name, severity, pair, forSeconds, leaves, test }: BurnAlert): AlertRule {
  const { factor, short, long } = BURN_ALERTS[pair];
  return {
    name,
    severity,
    expr: `${burnRate(long)} > ${factor} and ${burnRate(short)} > ${factor} and ${moreThan(50, "1h")}`,
    forSeconds,
    summary: "An SLO's error budget burns too fast.",
    description:
      `Errors of SLO {{ $labels.slo }} come at {{ $value | humanize }} times the rate that its budget allows, over ${short} and ${long} ` +
      `(threshold ${factor}). ${leaves}`,
    runbook: {
      meaning: `Of the last ${long}, and still of the last ${short}, a larger share went wrong than the promise allows, by a factor of ${factor}.`,
      impact: "Users see errors or wait. The label `slo` says which promise is at stake; `alerts/model/slo.ts` says how it is measured.",
      commands: ["./astra status", "./astra logs --level error --since 15m", "curl -s http://127.0.0.1:8000/health"],
      goBack: "If a rollout was under way, give the traffic back to the old colour. Else find the service whose own alert fires with this one.",
    },
    test,
  };
}

const absent: AlertRule = {
  name: "SLOMetricAbsent",
  severity: "critical",
  expr: `(count(${REQUESTS}) or vector(0)) < ${slos.length}`,
  forSeconds: 300,
  summary: "An SLO is not measured.",
  description: `Only {{ $value | humanize }} of ${slos.length} SLOs have data. What is not measured looks good.`,
  runbook: {
    meaning: "The series that a promise is measured by are gone: a service is not scraped, or a metric was renamed.",
    impact: "None by itself; but the burn alerts of that SLO are blind.",
    commands: [
      "curl -s 'http://127.0.0.1:9090/api/v1/query?query=slo:requests:rate5m'",
      "curl -s 'http://127.0.0.1:9090/api/v1/targets?state=active' | grep -o '\"health\":\"down\"'",
      "./astra test",
    ],
    goBack: "Deploy the release in which the metric was there.",
  },
  test: {
    series: slos.map((slo, index) => ({ ...seriesOf(slo.name), ...(index === 0 ? { bad: "absent" as const } : {}) })),
    value: "4",
    stepSeconds: 30,
    trueAfterSeconds: 0,
  },
};

/** A series that makes an SLO measured. */
function seriesOf(slo: string): { readonly series: string; readonly bad: { readonly perStep: number }; readonly good: { readonly perStep: number } } {
  const series: Readonly<Record<string, string>> = {
    "gateway-availability": 'haproxy_frontend_http_responses_total{proxy="gateway",code="2xx"}',
    "gateway-latency": 'http_request_duration_seconds_count{workload="gateway",route="/api/v1/users"}',
    "order-placement": 'service_operations_total{workload="trading",operation="execute-trade",outcome="ok"}',
    login: 'service_operations_total{workload="user",operation="login",outcome="ok"}',
    "event-delivery": 'eventbus_handling_delay_seconds_count{workload="social",group="social.trade-feed"}',
  };
  return { series: series[slo] ?? slo, bad: { perStep: 10 }, good: { perStep: 10 } };
}

/** Burn of error budgets: what pages, whatever the cause. */
export const slo: RuleGroup = {
  name: "slo",
  component: "slo",
  owner: "platform",
  dashboard: DASHBOARDS.gateway,
  intervalSeconds: INTERVAL_SECONDS,
  records,
  alerts: [
    burnAlert({
      name: "SLOBurnFast",
      severity: "critical",
      pair: "fast",
      forSeconds: 60,
      leaves: "A budget of 30 days would be gone in two days.",
      test: burning({ bad: 15, good: 14 }, "15"),
    }),
    burnAlert({
      name: "SLOBurnSlow",
      severity: "critical",
      pair: "slow",
      forSeconds: 120,
      leaves: "A budget of 30 days would be gone in five days.",
      test: burning({ bad: 6.2, good: 5.8 }, "6.2"),
    }),
    burnAlert({
      name: "SLOBurnTicket",
      severity: "warning",
      pair: "ticket",
      forSeconds: 600,
      leaves: "A budget of 30 days would be gone in ten days.",
      test: burning({ bad: 3.2, good: 2.8 }, "3.2"),
    }),
    burnAlert({
      name: "SLOBurnDrift",
      severity: "warning",
      pair: "drift",
      forSeconds: 1800,
      leaves: "It will be used up before it is over.",
      test: burning({ bad: 1.1, good: 0.9 }, "1.1"),
    }),
    {
      name: "SLOBudgetSpent",
      severity: "warning",
      expr: `clamp_max(${burnRate("14d")}, ${MOST_BUDGETS}) > 1 and ${moreThan(1000, "14d")}`,
      forSeconds: 3600,
      summary: "An SLO's error budget of two weeks is spent.",
      description: `Over 14 days SLO {{ $labels.slo }} has used {{ $value | humanize }} times its budget, ${MOST_BUDGETS} standing for that and more (threshold 1).`,
      runbook: {
        meaning: "More went wrong in two weeks than the promise allows for them.",
        impact: "Users have had more errors than promised. Nothing acute.",
        commands: ["./astra status", "./astra logs --level error --since 24h", "curl -s 'http://127.0.0.1:9090/api/v1/query?query=slo:burn_rate:14d'"],
        goBack: "Hold back risky releases until the budget has recovered; put time into the causes.",
      },
      test: burning({ bad: 1.1, good: 0.9 }, "1.1"),
    },
    absent,
  ],
};
