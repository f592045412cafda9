import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delay } from "../../../../../services/base/deadline.ts";
import { drain, type DrainSteps } from "../../../../../services/base/lifecycle/drain.ts";

const log = pino({ level: "silent" });
const TIMES = { announceMs: 1_500, inFlightMs: 20_000 };

/** Steps that only note their names. */
function notedSteps(notes: string[], changes: Partial<DrainSteps> = {}): DrainSteps {
  const note = (name: string) => (): Promise<void> => {
    notes.push(name);
    return Promise.resolve();
  };
  return {
    announce: note("announce"),
    closeListener: note("closeListener"),
    cutInFlight: () => void notes.push("cutInFlight"),
    stopWork: note("stopWork"),
    leave: note("leave"),
    closeStores: note("closeStores"),
    ...changes,
  };
}

describe("a drain (R-SVC-2, R-DEP-2)", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it("says that it leaves 1.5 s before it closes the listener, and closes the stores last", async () => {
    const notes: string[] = [];
    const done = drain(notedSteps(notes), TIMES, delay, log);
    await vi.advanceTimersByTimeAsync(1_499);
    expect(notes).toEqual(["announce"]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(notes).toEqual(["announce", "closeListener", "stopWork", "leave", "closeStores"]);
  });

  it("cuts requests that are still in flight after 20 s", async () => {
    const notes: string[] = [];
    const done = drain(notedSteps(notes, { closeListener: () => new Promise(() => undefined) }), TIMES, delay, log);
    await vi.advanceTimersByTimeAsync(21_499);
    expect(notes).toEqual(["announce"]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(notes).toEqual(["announce", "cutInFlight", "stopWork", "leave", "closeStores"]);
  });

  it("goes on when a step fails or hangs", async () => {
    const notes: string[] = [];
    const steps = notedSteps(notes, {
      announce: () => Promise.reject(new Error("Redis is away")),
      stopWork: () => new Promise(() => undefined),
    });
    const done = drain(steps, TIMES, delay, log);
    await vi.advanceTimersByTimeAsync(1_500 + 3_000);
    await done;
    expect(notes).toEqual(["closeListener", "leave", "closeStores"]);
  });
});
