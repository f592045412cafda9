import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../../../services/base/clock.ts";
import { Circuit, type Permit, type Verdict } from "../../../../../services/gateway/breaker/circuit.ts";

const TUNING = { windowMs: 10_000, minimumRequests: 10, failurePercent: 50, resetMs: 30_000, trials: 3 };

describe("a circuit (R-GW-4)", () => {
  let circuit: Circuit;

  beforeEach(() => {
    vi.useFakeTimers();
    circuit = new Circuit("trading blue", systemClock, TUNING);
  });
  afterEach(() => {
    circuit.stop();
    vi.useRealTimers();
  });

  /** Requests one after the other; how many of them passed. */
  const pass = async (verdict: Verdict, times: number): Promise<number> => {
    let passed = 0;
    for (let time = 0; time < times; time += 1) {
      const permit = circuit.admit();
      if (permit !== undefined) passed += 1;
      permit?.settle(verdict);
      await vi.advanceTimersByTimeAsync(0);
    }
    return passed;
  };
  const take = (): Permit => {
    const permit = circuit.admit();
    if (permit === undefined) throw new Error("refused");
    return permit;
  };

  it("stays closed below the minimum of requests", async () => {
    await pass("bad", 9);
    expect(circuit.state).toBe("closed");
  });

  it.each([
    [5, "closed"],
    [6, "open"],
  ] as const)("with 5 good requests and %d bad ones is %s: more than half have to fail", async (bad, state) => {
    await pass("good", 5);
    await pass("bad", bad);
    expect(circuit.state).toBe(state);
  });

  it("opens with the failure that crosses the threshold, lets nothing pass, and says when to come again", async () => {
    expect(await pass("bad", 15)).toBe(10);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(circuit.admit()).toBeUndefined();
    expect(circuit.retryAfterSeconds).toBe(20);
  });

  it("counts finished requests only: those that hang do not hide those that failed", async () => {
    for (let time = 0; time < 100; time += 1) take();
    await pass("bad", 10);
    expect(circuit.state).toBe("open");
  });

  it("does not count requests whose callers left", async () => {
    await pass("nothing", 50);
    await pass("bad", 9);
    expect(circuit.state).toBe("closed");
  });

  it("forgets what is older than its window", async () => {
    await pass("bad", 9);
    await vi.advanceTimersByTimeAsync(11_000);
    await pass("bad", 9);
    expect(circuit.state).toBe("closed");
  });

  describe("after its pause", () => {
    beforeEach(async () => {
      await pass("bad", 10);
      await vi.advanceTimersByTimeAsync(29_999);
      expect(circuit.state).toBe("open");
      await vi.advanceTimersByTimeAsync(1);
      expect(circuit.state).toBe("half-open");
    });

    it("lets three trials pass at once and no more", () => {
      for (let time = 0; time < 3; time += 1) take();
      expect(circuit.admit()).toBeUndefined();
    });

    it("closes after three good trials, with a new window", async () => {
      expect(await pass("good", 2)).toBe(2);
      expect(circuit.state).toBe("half-open");
      await pass("good", 1);
      expect(circuit.state).toBe("closed");
      await pass("bad", 9);
      expect(circuit.state).toBe("closed");
    });

    it("opens again for the whole pause with the first bad trial", async () => {
      await pass("good", 2);
      await pass("bad", 1);
      expect(circuit.state).toBe("open");
      expect(circuit.retryAfterSeconds).toBe(30);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(circuit.state).toBe("half-open");
    });

    it("gives the place of a trial whose caller left to the next one", () => {
      const trials = [take(), take(), take()];
      trials[0]?.settle("nothing");
      expect(circuit.admits).toBe(true);
    });

    it("does not believe results of requests that passed before it opened", async () => {
      const trial = take();
      await pass("bad", 1);
      expect(circuit.state).toBe("open");
      await vi.advanceTimersByTimeAsync(30_000);
      trial.settle("bad");
      await vi.advanceTimersByTimeAsync(0);
      expect(circuit.state).toBe("half-open");
    });
  });

  it("tries before its time when it is told that something has changed", async () => {
    await pass("bad", 10);
    circuit.tryNow();
    expect(circuit.state).toBe("half-open");
    await pass("good", 3);
    expect(circuit.state).toBe("closed");
    circuit.tryNow();
    expect(circuit.state).toBe("closed");
  });

  it("that tried too early opens again", async () => {
    await pass("bad", 10);
    circuit.tryNow();
    await pass("bad", 1);
    expect(circuit.state).toBe("open");
    expect(circuit.retryAfterSeconds).toBe(30);
  });
});
