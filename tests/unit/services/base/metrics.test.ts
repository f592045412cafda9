import { describe, expect, it } from "vitest";
import { Metrics } from "../../../../services/base/metrics.ts";
import { Problem } from "../../../../services/base/problem.ts";

const metrics = (): Metrics => new Metrics({ service: "trading", colour: "blue" });
const line = (operation: string, outcome: string): string =>
  `service_operations_total{operation="${operation}",outcome="${outcome}",service="trading",colour="blue"}`;

describe("metrics of a service (R-SVC-2)", () => {
  it("show an operation at zero before it ever happened", async () => {
    const one = metrics();
    one.operation("trade");
    const text = await one.registry.metrics();
    for (const outcome of ["ok", "rejected", "failed"]) expect(text).toContain(`${line("trade", outcome)} 0`);
  });

  it("tell a caller's fault from ours", async () => {
    const one = metrics();
    const trade = one.operation("trade");
    await trade.run(() => Promise.resolve(1));
    await expect(trade.run(() => Promise.reject(new Problem({ status: 422, code: "x", title: "x" })))).rejects.toThrow();
    await expect(trade.run(() => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    await expect(trade.run(() => Promise.reject(new Problem({ status: 503, code: "x", title: "x" })))).rejects.toThrow();
    const text = await one.registry.metrics();
    expect(text).toContain(`${line("trade", "ok")} 1`);
    expect(text).toContain(`${line("trade", "rejected")} 1`);
    expect(text).toContain(`${line("trade", "failed")} 2`);
  });

  it("give the same operation for the same name", () => {
    const one = metrics();
    expect(one.operation("trade")).toBe(one.operation("trade"));
  });
});
