import { describe, expect, it } from "vitest";
import { keepRunning } from "../../../../../services/base/events/keep-running.ts";

/** Runs `outcomes` one after the other, and notes waits and what was told. */
async function run(outcomes: readonly ("works" | "fails" | "works, then fails")[]): Promise<{ waits: number[]; failures: number; troubles: number }> {
  const seen = { waits: [] as number[], failures: 0, troubles: 0 };
  let turn = 0;
  await keepRunning(
    (progressed) => {
      const outcome = outcomes[turn];
      turn += 1;
      if (outcome !== "fails") progressed();
      return outcome === "works" ? Promise.resolve() : Promise.reject(new Error("away"));
    },
    {
      stopping: () => turn === outcomes.length,
      wake: { sleep: (ms) => Promise.resolve(void seen.waits.push(ms)) },
      backoff: { firstMs: 50, maxMs: 300 },
      onFailure: () => void (seen.failures += 1),
      onTrouble: () => void (seen.troubles += 1),
    },
  );
  return seen;
}

describe("work that is kept running (R-EVT-3)", () => {
  it("goes on after failures, waits longer after each in a row, and tells of trouble once", async () => {
    expect(await run(["fails", "fails", "fails", "fails", "fails", "fails"])).toEqual({
      waits: [50, 100, 200, 300, 300, 300], failures: 6, troubles: 1,
    });
  });

  it("begins anew with short waits after any progress", async () => {
    expect((await run(["fails", "fails", "works", "fails", "works, then fails"])).waits).toEqual([50, 100, 50, 50]);
  });

  it("does not wait while all is well", async () => {
    expect(await run(["works", "works"])).toEqual({ waits: [], failures: 0, troubles: 0 });
  });
});
