import { HANDLING_DELAY, PROMPT_DELIVERY_SECONDS } from "../../services/base/metrics-contract/events.ts";
import { FRONTEND_RESPONSES } from "../../services/base/metrics-contract/external/edge.ts";
import { HTTP_DURATION, OPERATIONS } from "../../services/base/metrics-contract/process.ts";
import { histogramLe } from "../rules/promql.ts";

/** A promise: of all `total`, at most the share `budget` is bad. Rates over 5 minutes, each one number. */
export interface Slo {
  readonly name: string;
  /** What is promised, for people. */
  readonly promise: string;
  /** Share that may go wrong, (0, 1). */
  readonly budget: number;
  readonly total: string;
  readonly bad: string;
}

const PROMPT_ANSWER_SECONDS = 0.25;

const edge = (matchers: string): string => `sum(rate(${FRONTEND_RESPONSES.name}{proxy="gateway"${matchers}}[5m]))`;
const answers = `workload="gateway",route=~"/api/.*"`;
const operations = (workload: string, operation: string, more = ""): string =>
  `sum(rate(${OPERATIONS.name}{workload="${workload}",operation="${operation}"${more}}[5m]))`;
const slow = (histogram: string, matchers: string, bound: number): string => {
  const own = matchers === "" ? "" : `${matchers},`;
  return `sum(rate(${histogram}_count{${matchers}}[5m])) - sum(rate(${histogram}_bucket{${own}${histogramLe(bound)}}[5m]))`;
};

/** What the platform promises (R-NFR). A 4xx and a 429 are the caller's; 429 has its own rules. */
export const slos: readonly Slo[] = [
  {
    name: "gateway-availability",
    promise: "99.9 % of the requests to the platform get an answer that is no 5xx",
    budget: 0.001,
    total: edge(""),
    bad: edge(',code="5xx"'),
  },
  {
    name: "gateway-latency",
    promise: "99 % of the API's answers take less than 250 ms",
    budget: 0.01,
    total: `sum(rate(${HTTP_DURATION.name}_count{${answers}}[5m]))`,
    bad: slow(HTTP_DURATION.name, answers, PROMPT_ANSWER_SECONDS),
  },
  {
    name: "order-placement",
    promise: "99.95 % of the orders do not fail on our side",
    budget: 0.0005,
    total: operations("trading", "execute-trade"),
    bad: operations("trading", "execute-trade", ',outcome="failed"'),
  },
  {
    name: "login",
    promise: "99.9 % of the logins do not fail on our side",
    budget: 0.001,
    total: operations("user", "login"),
    bad: operations("user", "login", ',outcome="failed"'),
  },
  {
    name: "event-delivery",
    promise: `99.9 % of the events take effect within ${PROMPT_DELIVERY_SECONDS} s`,
    budget: 0.001,
    total: `sum(rate(${HANDLING_DELAY.name}_count[5m]))`,
    bad: slow(HANDLING_DELAY.name, "", PROMPT_DELIVERY_SECONDS),
  },
];

/** Windows of burn rates; the last one is what Prometheus keeps. */
export const BURN_WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "14d"] as const;

/**
 * Pairs of windows and how many times faster than allowed the budget may burn in both. From Google's SRE workbook,
 * "Alerting on SLOs", table 5-8, for a budget of 30 days.
 */
export const BURN_ALERTS = {
  fast: { factor: 14.4, short: "5m", long: "1h" },
  slow: { factor: 6, short: "30m", long: "6h" },
  ticket: { factor: 3, short: "2h", long: "1d" },
  drift: { factor: 1, short: "6h", long: "3d" },
} as const;
