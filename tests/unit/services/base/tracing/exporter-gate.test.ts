import { describe, expect, it } from "vitest";
import { ExporterGate } from "../../../../../services/base/tracing/exporter-gate.ts";

/** A gate whose receiver and clock the test moves. */
function gateOf(): { gate: ExporterGate; told: string[]; waits: number[]; fine: (isFine: boolean) => void; pass: () => Promise<void> } {
  const told: string[] = [];
  const waits: number[] = [];
  let isFine = false;
  let now = 0;
  let planned: { readonly ms: number; readonly work: () => void } | undefined;
  const gate = new ExporterGate({
    probe: () => (isFine ? Promise.resolve() : Promise.reject(new Error("connection refused"))),
    events: {
      opened: () => told.push("opened"),
      closed: (reason, firstTry) => told.push(`closed: ${reason}${firstTry ? ", never open" : ""}`),
    },
    clock: { now: () => now },
    later: (ms, work) => {
      waits.push(ms);
      planned = { ms, work };
      return () => (planned = undefined);
    },
  });
  return {
    gate,
    told,
    waits,
    fine: (value) => (isFine = value),
    pass: async () => {
      const due = planned;
      if (due === undefined) throw new Error("nothing is planned");
      now += due.ms;
      due.work();
      await new Promise(setImmediate);
    },
  };
}

describe("R-GW-6 the way to a receiver of traces", () => {
  it("is shut until the receiver has taken something", async () => {
    const { gate, told, fine } = gateOf();
    expect(gate.open).toBe(false);
    fine(true);
    await gate.start();
    expect([gate.open, told]).toEqual([true, ["opened"]]);
  });

  it("is tried ever more rarely while the receiver is away, up to once a minute, and told of once in five minutes", async () => {
    const { gate, told, waits, pass } = gateOf();
    await gate.start();
    for (let n = 0; n < 6; n += 1) await pass();
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect(told).toEqual(["closed: connection refused, never open"]);
    for (let n = 0; n < 3; n += 1) await pass();
    expect(told).toHaveLength(2);
  });

  it("opens again by itself, and shuts at the first failure", async () => {
    const { gate, told, fine, pass } = gateOf();
    await gate.start();
    fine(true);
    await pass();
    expect(gate.open).toBe(true);
    fine(false);
    gate.failed(new Error("no answer"));
    gate.failed(new Error("no answer"));
    expect(gate.open).toBe(false);
    expect(told).toEqual(["closed: connection refused, never open", "opened"]);
    fine(true);
    await pass();
    expect(gate.open).toBe(true);
  });

  it("stays shut after a stop", async () => {
    const { gate, fine, waits } = gateOf();
    await gate.start();
    gate.stop();
    fine(true);
    await gate.start();
    gate.succeeded();
    expect([gate.open, waits]).toEqual([false, [5_000]]);
  });
});
