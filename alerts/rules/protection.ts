import * as gateway from "../../services/base/metrics-contract/gateway.ts";
import { HTTP_DURATION } from "../../services/base/metrics-contract/process.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { HEALTH, logsOf, query, RECENT_ERRORS, STATUS, TRAFFIC_BACK } from "./commands.ts";

const state = (name: string, upstream = ""): string => `${gateway.BREAKER_STATE.name}{state="${name}"${upstream}}`;
const asked = `sum(rate(${HTTP_DURATION.name}_count{workload="gateway",route=~"/api/.*"}[5m]))`;
const series = (name: string, upstream = "nft"): string => `${gateway.BREAKER_STATE.name}{upstream="${upstream}",upstream_colour="blue",state="${name}"}`;

/** Circuit breakers and rate limits: what keeps one part's trouble from becoming everybody's. */
export const protection: RuleGroup = {
  name: "protection",
  component: "protection",
  owner: "platform",
  dashboard: DASHBOARDS.gateway,
  records: [],
  alerts: [
    {
      name: "CircuitBreakerOpen",
      severity: "warning",
      expr: `max by (upstream, upstream_colour) (${state("open")}) == 1`,
      forSeconds: 60,
      keepFiringSeconds: 300,
      summary: "A circuit breaker is open.",
      description: "A gateway sends no requests to {{ $labels.upstream }} {{ $labels.upstream_colour }}, since too many have failed.",
      runbook: {
        meaning: "The service failed so often that the gateway stopped asking; it tries again by itself.",
        impact: "Requests to the service are answered with 503 and Retry-After at once.",
        commands: [STATUS, RECENT_ERRORS, HEALTH],
        goBack: TRAFFIC_BACK,
      },
      test: { labels: { upstream: "nft", upstream_colour: "blue" }, series: [{ series: series("open"), bad: 1, good: 0 }] },
    },
    {
      name: "CircuitBreakerOpenMoneyPath",
      severity: "critical",
      expr: `max by (upstream, upstream_colour) (${state("open", ',upstream=~"trading|financial"')}) == 1`,
      forSeconds: 30,
      keepFiringSeconds: 300,
      summary: "A circuit breaker before money is open.",
      description: "A gateway sends no requests to {{ $labels.upstream }} {{ $labels.upstream_colour }}: orders or payments are not taken.",
      runbook: {
        meaning: "As CircuitBreakerOpen, for a service that handles money.",
        impact: "Nobody can trade or pay.",
        commands: [STATUS, logsOf("trading"), logsOf("financial")],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { upstream: "trading", upstream_colour: "blue" },
        series: [
          { series: series("open", "trading"), bad: 1, good: 0 },
          { series: series("open", "nft"), bad: 1, good: 1 },
        ],
      },
    },
    {
      name: "CircuitBreakerStuckHalfOpen",
      severity: "warning",
      expr: `max by (upstream, upstream_colour) (${state("half-open")}) == 1`,
      forSeconds: 300,
      summary: "A circuit breaker does not decide.",
      description: "The breaker before {{ $labels.upstream }} {{ $labels.upstream_colour }} has been trying out for minutes.",
      runbook: {
        meaning: "A half-open breaker should close or open with its next requests. Either there are none, or it is a mistake in our code.",
        impact: "Only a few requests reach the service.",
        commands: [HEALTH, query("gateway_breaker_state == 1"), logsOf("gateway")],
        goBack: "Restart the gateway: `docker restart` of one gateway container at a time.",
      },
      test: { labels: { upstream: "nft", upstream_colour: "blue" }, series: [{ series: series("half-open"), bad: 1, good: 0 }] },
    },
    {
      name: "CircuitBreakerFlapping",
      severity: "warning",
      expr: `max by (upstream, upstream_colour) (changes(${state("open")}[15m])) > 6`,
      forSeconds: 0,
      keepFiringSeconds: 600,
      summary: "A circuit breaker opens and closes again and again.",
      description: "The breaker before {{ $labels.upstream }} {{ $labels.upstream_colour }} changed {{ $value | humanize }} times in 15 minutes (threshold 6).",
      runbook: {
        meaning: "A few requests succeed, many fail: the service works without load and not with it.",
        impact: "Requests to the service fail in waves.",
        commands: [STATUS, "docker stats --no-stream", RECENT_ERRORS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: { upstream: "nft", upstream_colour: "blue" },
        value: "7",
        trueAfterSeconds: 105,
        series: [{ series: series("open"), bad: "0 1 0 1 0 1 0 1x20", good: "0 1 0 1 0 1 0x20" }],
      },
    },
    {
      name: "RateLimiterLocal",
      severity: "warning",
      expr: `max by (colour) (${gateway.LIMITER_LOCAL.name}) == 1`,
      forSeconds: 120,
      summary: "Rate limits are not shared.",
      description: "Gateways of {{ $labels.colour }} count requests by themselves, since Redis does not answer.",
      runbook: {
        meaning: "Without Redis each gateway counts alone, so that a caller gets the limit once for each gateway.",
        impact: "None for honest callers.",
        commands: [STATUS, logsOf("redis"), query("redis_up")],
        goBack: "Bring Redis back; the gateways count together again by themselves.",
      },
      test: { labels: { colour: "blue" }, series: [{ series: `${gateway.LIMITER_LOCAL.name}{colour="blue"}`, bad: 1, good: 0 }] },
    },
    {
      name: "RateLimitedRatioHigh",
      severity: "warning",
      expr: `sum by (scope) (rate(${gateway.RATE_LIMITED.name}[5m])) / on () group_left () ${asked} > 0.2 and on () ${asked} > 1`,
      forSeconds: 600,
      summary: "Many requests are refused by a limit.",
      description: "{{ $value | humanizePercentage }} of the requests are over the limit of scope {{ $labels.scope }} (threshold 20 %).",
      runbook: {
        meaning: "One caller asks far too often, or a limit is too low for what users do now.",
        impact: "Who is over a limit gets 429.",
        commands: ["./astra logs gateway --since 5m", query("sum by (scope) (rate(gateway_rate_limited_total[5m]))"), STATUS],
        goBack: "Raise `astratrade:limits` of the colour and deploy it, or let the caller be.",
      },
      test: {
        labels: { scope: "user" },
        value: "21%",
        trueAfterSeconds: 15,
        series: [
          { series: `${gateway.RATE_LIMITED.name}{scope="user"}`, bad: { perStep: 210 }, good: { perStep: 190 } },
          { series: `${HTTP_DURATION.name}_count{workload="gateway",route="/api/v1/nft/*"}`, bad: { perStep: 1000 }, good: { perStep: 1000 } },
        ],
      },
    },
  ],
};
