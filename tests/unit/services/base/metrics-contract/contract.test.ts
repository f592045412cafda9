import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../../../../infra/host/paths.ts";
import { metricOfSeries, metricSources, seriesNames } from "../../../../../services/base/metrics-contract/contract.ts";
import { CONSUMER_GROUPS } from "../../../../../services/base/metrics-contract/events.ts";
import { counter, gauge, histogram } from "../../../../../services/base/metrics-contract/metric.ts";
import { registerCounter, registerGauge, registerHistogram } from "../../../../../services/base/metrics-contract/register.ts";

const metrics = metricSources.flatMap((source) => source.metrics);

/** Sources of the services, without the contract itself. */
function serviceSources(): readonly string[] {
  const folder = join(PROJECT_ROOT, "services");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("metrics-contract"))
    .map((path) => join(folder, path));
}

describe("the metric contract (R-MON-1)", () => {
  it("has every name once, with a sentence of help and well-formed labels", () => {
    expect(metrics.length).toBeGreaterThan(80);
    expect(new Set(metrics.map((metric) => metric.name)).size).toBe(metrics.length);
    for (const { name, help, labels } of metrics) {
      expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_]*$/);
      expect(help, name).toMatch(/^\S.*\.$/);
      for (const label of labels) expect(label, name).toMatch(/^[a-z][a-z0-9_]*$/);
    }
  });

  it("is the only place that makes metrics: no service registers one past it", () => {
    const files = serviceSources();
    expect(files.length).toBeGreaterThan(100);
    const makers = files.filter((file) => /new (Counter|Gauge|Histogram|Summary)\(/.test(readFileSync(file, "utf8")));
    expect(makers).toEqual([]);
  });

  it("knows a histogram by the names of its series", () => {
    expect(metricOfSeries("http_request_duration_seconds_bucket")?.metric.name).toBe("http_request_duration_seconds");
    expect(metricOfSeries("http_request_duration_seconds")).toBeUndefined();
    expect(metricOfSeries("no_such_metric")).toBeUndefined();
    expect(seriesNames).toContain("eventbus_handling_delay_seconds_count");
  });

  it("registers what it defines", async () => {
    const registry = new Registry();
    expect(registerCounter(counter("a_total", "A."), registry)).toBeInstanceOf(Counter);
    expect(registerGauge(gauge("b", "B.", ["x"]), registry, (each) => each.set({ x: "1" }, 7))).toBeInstanceOf(Gauge);
    expect(registerHistogram(histogram("c", "C.", [], [1, 2]), registry)).toBeInstanceOf(Histogram);
    const text = await registry.metrics();
    expect(text).toContain("a_total 0");
    expect(text).toContain('b{x="1"} 7');
    expect(text).toContain('c_bucket{le="2"} 0');
  });
});

describe("the list of consumer groups", () => {
  it("names exactly those that the services declare (R-EVT-2)", () => {
    const declared = serviceSources()
      .filter((file) => !file.includes("/services/base/"))
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/name: "([a-z]+\.[a-z-]+)"/g)].map((match) => match[1]));
    expect([...CONSUMER_GROUPS].sort()).toEqual(declared.sort());
  });
});
