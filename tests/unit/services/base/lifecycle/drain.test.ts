import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delay } from "../../../../../services/base/deadline.ts";
import { drain, type DrainSteps } from "../../../../../services/base/lifecycle/drain.ts";

const log = pino({ level: "silent" });
const TIMES = { handOverMs: 700, announceMs: 1_500, inFlightMs: 20_000 };

/** Steps that only note their names. */
function notedSteps(notes: string[], changes: Partial<DrainSteps> = {}): DrainSteps {
  const note = (name: string) => (): Promise<void> => {
    notes.push(name);
    return Promise.resolve();
  };
  return {
    announce: note("announce"),
    turnAway: () => void notes.push("turnAway"),
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

  it("lets the others take over for 0.7 s, turns away for 1.5 s, then closes the listener, and the stores last", async () => {
    const notes: string[] = [];
    const done = drain(notedSteps(notes), TIMES, delay, log);
    await vi.advanceTimersByTimeAsync(699);
    expect(notes).toEqual(["announce"]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(notes).toEqual(["announce", "turnAway"]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(notes).toEqual(["announce", "turnAway", "closeListener", "stopWork", "leave", "closeStores"]);
  });

  it("cuts requests that are still in flight after 20 s", async () => {
    const notes: string[] = [];
    const done = drain(notedSteps(notes, { closeListener: () => new Promise(() => undefined) }), TIMES, delay, log);
    await vi.advanceTimersByTimeAsync(22_199);
    expect(notes).toEqual(["announce", "turnAway"]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(notes).toEqual(["announce", "turnAway", "cutInFlight", "stopWork", "leave", "closeStores"]);
  });

  it("goes on when a step fails or hangs", async () => {
    const notes: string[] = [];
    const steps = notedSteps(notes, {
      announce: () => Promise.reject(new Error("Redis is away")),
      stopWork: () => new Promise(() => undefined),
    });
    const done = drain(steps, TIMES, delay, log);
    await vi.advanceTimersByTimeAsync(700 + 1_500 + 3_000);
    await done;
    expect(notes).toEqual(["turnAway", "closeListener", "leave", "closeStores"]);
  });
});
