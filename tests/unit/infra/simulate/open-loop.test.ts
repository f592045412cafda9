import { expect, test } from "vitest";
import { evenArrivals, type LoopClock, openLoop, poissonArrivals } from "../../../../infra/simulate/open-loop.ts";
import { SeededRandom } from "../../../../infra/simulate/random.ts";

/** Time that goes by only when somebody sleeps, and by what a test adds. */
function fakeClock(): LoopClock & { passes(ms: number): void } {
  let ms = 1_000;
  return {
    now: () => ms,
    sleep: (time) => {
      ms += time;
      return Promise.resolve();
    },
    passes: (time) => void (ms += time),
  };
}

test("begins each request at its moment and none after the end", async () => {
  const clock = fakeClock();
  const due: number[] = [];
  const at: number[] = [];
  await openLoop({ arrivals: evenArrivals(10), clock, untilMs: 1_000, begin: (dueMs) => (due.push(dueMs), at.push(clock.now())) });
  expect(due).toEqual(Array.from({ length: 10 }, (_, n) => 1_000 + n * 100));
  expect(at).toEqual(due);
  expect(clock.now()).toBe(2_000);
});

test("makes up for a stall: what was due meanwhile begins at once, and its time counts from when it was due", async () => {
  const clock = fakeClock();
  const waits: number[] = [];
  await openLoop({
    arrivals: evenArrivals(10),
    clock,
    untilMs: 1_000,
    begin: (dueMs) => {
      waits.push(Math.round(clock.now() - dueMs));
      if (waits.length === 3) clock.passes(450);
    },
  });
  expect(waits).toEqual([0, 0, 0, 350, 250, 150, 50, 0, 0, 0]);
});

test("ends at an interruption", async () => {
  const clock = fakeClock();
  const interruption = new AbortController();
  let begun = 0;
  await openLoop({
    arrivals: evenArrivals(10),
    clock,
    untilMs: 60_000,
    signal: interruption.signal,
    begin: () => {
      begun += 1;
      if (begun === 5) interruption.abort();
    },
  });
  expect(begun).toBe(5);
});

test("arrivals of many come at the rate that was asked for, not evenly", () => {
  const arrivals = poissonArrivals(200, new SeededRandom(4));
  const times = Array.from({ length: 20_000 }, () => arrivals.next().value);
  expect(times.at(-1) ?? 0).toBeGreaterThan(97_000);
  expect(times.at(-1) ?? 0).toBeLessThan(103_000);
  const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  expect(Math.min(...gaps)).toBeLessThan(0.1);
  expect(Math.max(...gaps)).toBeGreaterThan(25);
});
