import { Histogram, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { HistogramSeries } from "../../../../services/base/histogram-series.ts";

function setUp() {
  const registry = new Registry();
  const series: HistogramSeries[] = [];
  const options = { name: "duration_seconds", help: "h", labelNames: ["route"], buckets: [0.005, 0.1, 2.5] };
  const histogram = new Histogram({ ...options, registers: [registry], collect: () => series.forEach((each) => each.handOver()) });
  const plainRegistry = new Registry();
  const plain = new Histogram({ ...options, registers: [plainRegistry] });
  const begin = (route: string): HistogramSeries => {
    const made = new HistogramSeries(histogram, { route });
    series.push(made);
    return made;
  };
  return { begin, plain, texts: () => Promise.all([registry.metrics(), plainRegistry.metrics()]) };
}

describe("a series of a histogram that counts by itself", () => {
  it("shows what prom-client would show, at a bound, above all bounds, and read again and again", async () => {
    const { begin, plain, texts } = setUp();
    const [a, b] = [begin("/a"), begin("/b")];
    plain.zero({ route: "/a" });
    plain.zero({ route: "/b" });
    for (const values of [[0.001, 0.005, 0.0051, 2.5, 2.6], [], [0.1, 7]]) {
      for (const value of values) {
        a.observe(value);
        plain.observe({ route: "/a" }, value);
      }
      b.observe(0.25);
      plain.observe({ route: "/b" }, 0.25);
      const [text, expected] = await texts();
      expect(text).toBe(expected);
    }
    expect((await texts())[0]).toContain('duration_seconds_count{route="/a"} 7');
  });

  it("stands at zero from its beginning", async () => {
    const { begin, texts } = setUp();
    begin("/a");
    expect((await texts())[0]).toContain('duration_seconds_count{route="/a"} 0');
  });
});
