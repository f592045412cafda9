import { describe, expect, it } from "vitest";
import { generatedAlerts } from "../../../alerts/generated.ts";
import { DASHBOARDS, type AlertRule, type RuleGroup } from "../../../alerts/model/alert.ts";
import { checkExpression } from "../../../alerts/model/check-expression.ts";
import { duration } from "../../../alerts/model/render-rules.ts";
import { durationSeconds, parsePromql } from "../../../alerts/model/promql.ts";

const good: AlertRule = {
  name: "TestAlert",
  severity: "warning",
  expr: 'max(gateway_registry_age_seconds{workload="gateway"}) > 30',
  forSeconds: 60,
  summary: "It is old.",
  description: "It is {{ $value | humanizeDuration }} old.",
  runbook: { meaning: "m", impact: "i", commands: ["a", "b", "c"], goBack: "g" },
  test: { value: "31s", series: [{ series: "gateway_registry_age_seconds", bad: 31, good: 29 }] },
};
const groupOf = (...alerts: AlertRule[]): RuleGroup => ({
  name: "test",
  component: "gateway",
  owner: "platform",
  dashboard: DASHBOARDS.gateway,
  records: [],
  alerts,
});
const generate = (change: Partial<AlertRule>) => () => generatedAlerts([groupOf({ ...good, ...change })]);
const check = (expr: string) => () => checkExpression("TestAlert", expr, new Set(["a:b:c"]));

describe("the bar for a rule (R-MON-2)", () => {
  it("lets a good one through", () => {
    expect(generate({})).not.toThrow();
  });

  it("refuses a metric that is not in the contract, and names the nearest", () => {
    expect(check("redis_memory_bytes > 1")).toThrow(
      "TestAlert: 1 in its expression\n  redis_memory_bytes is not in the metric contract (services/base/metrics-contract); the nearest there is redis_memory_",
    );
  });

  it("refuses a histogram without the ending of one of its series", () => {
    expect(check("rate(http_request_duration_seconds[5m]) > 1")).toThrow("http_request_duration_seconds is not in the metric contract");
  });

  it("refuses a label that the metric does not have", () => {
    expect(check('up{service_name="x"} == 0')).toThrow("up has no label service_name; it has job, instance, workload, colour");
  });

  it("refuses a recorded series that nobody records", () => {
    expect(check("a:b:c > 1")).not.toThrow();
    expect(check("a:b:d > 1")).toThrow("a:b:d is recorded by no rule");
  });

  it("refuses what is not PromQL, with the place", () => {
    expect(check("sum(up > 1")).toThrow(/not PromQL at ".*", character \d+: sum\(up > 1/);
  });

  it("refuses rate() of a gauge and delta() of a counter", () => {
    expect(check("rate(redis_up[5m]) > 1")).toThrow("rate() of redis_up, which is a gauge and no counter");
    expect(check("delta(redis_evicted_keys_total[5m]) > 1")).toThrow("delta() of redis_evicted_keys_total, which is a counter");
  });

  it("refuses a window that may hold too few samples", () => {
    expect(check("rate(redis_evicted_keys_total[20s]) > 1")).not.toThrow();
    expect(check("rate(redis_evicted_keys_total[19s]) > 1")).toThrow("over 19 s, which may hold too few samples; take 20 s or more");
  });

  it("refuses a bucket's bound that Prometheus 3 would not match", () => {
    expect(check('rate(http_request_duration_seconds_bucket{le="5"}[5m]) > 1')).toThrow("Prometheus 3 writes 5 as 5.0");
  });

  it("refuses a subquery", () => {
    expect(check("max_over_time(rate(redis_evicted_keys_total[5m])[1h:1m]) > 1")).toThrow("a subquery");
  });

  it("refuses a rule that compares nothing", () => {
    expect(generate({ expr: "max(gateway_registry_age_seconds)" })).toThrow("test/TestAlert has no comparison");
  });

  it("refuses a rule that one evaluation could fire", () => {
    expect(generate({ forSeconds: 10 })).not.toThrow();
    expect(generate({ forSeconds: 9 })).toThrow("waits 9 s, less than two evaluations (10 s)");
    expect(generate({ forSeconds: 0 })).toThrow("has no `for`");
  });

  it("refuses a fact that is gone before a person could see it", () => {
    const expr = "max(increase(redis_evicted_keys_total[5m])) > 0";
    expect(generate({ expr, forSeconds: 0, keepFiringSeconds: 600 })).not.toThrow();
    expect(generate({ expr, forSeconds: 0, keepFiringSeconds: 599 })).toThrow("has to keep firing for 600 s or more");
  });

  it("refuses a value that nobody can read, and one without a test", () => {
    expect(generate({ description: "It is {{ $value }} old." })).toThrow("shows a value that is not humanized");
    expect(generate({ description: "It is old." })).toThrow("names a value in its description or its test, but not in both");
  });

  it("refuses two rules of one name, and reports every problem at once", () => {
    const bad = { ...good, forSeconds: 1 };
    expect(() => generatedAlerts([groupOf(bad, bad)])).toThrow("3 problems in the alert rules:\n  TestAlert is there twice");
  });
});

describe("durations", () => {
  it.each([
    [0, "0s"],
    [90, "1m30s"],
    [86_400, "1d"],
    [90_061, "1d1h1m1s"],
  ])("are written as Prometheus writes them: %i", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
    expect(durationSeconds(text)).toBe(seconds);
  });
});

describe("reading PromQL", () => {
  it("finds metrics, their labels, windows and functions", () => {
    const { selectors, compares, functions } = parsePromql('sum by (a) (rate(x_total{b=~"c\\\\.d",e!="f"}[1h30m] offset 1d)) / on (a) y > 2');
    expect(selectors).toEqual([
      {
        series: "x_total",
        matchers: [
          { label: "b", op: "=~", value: "c\\.d" },
          { label: "e", op: "!=", value: "f" },
        ],
        rangeSeconds: 5400,
        within: "rate",
      },
      { series: "y", matchers: [] },
    ]);
    expect(compares).toBe(true);
    expect([...functions]).toEqual(["rate"]);
  });
});
