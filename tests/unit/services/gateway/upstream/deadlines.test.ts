import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadlines, type Waiting } from "../../../../../services/gateway/upstream/deadlines.ts";

class Waiter implements Waiting {
  place = -1;
  deadlineMs: number;
  readonly #deadlines: Deadlines<Waiter>;
  readonly #expired: Waiter[];

  constructor(deadlines: Deadlines<Waiter>, deadlineMs: number, expired: Waiter[]) {
    this.#deadlines = deadlines;
    this.deadlineMs = deadlineMs;
    this.#expired = expired;
  }

  expired(): void {
    this.#expired.push(this);
    this.#deadlines.delete(this);
  }
}

let deadlines: Deadlines<Waiter>;
let expired: Waiter[];
const waiter = (inMs: number): Waiter => {
  const made = new Waiter(deadlines, performance.now() + inMs, expired);
  deadlines.add(made);
  return made;
};

beforeEach(() => {
  vi.useFakeTimers();
  deadlines = new Deadlines();
  expired = [];
});
afterEach(() => {
  deadlines.stop();
  vi.useRealTimers();
});

describe("deadlines (R-GW-3)", () => {
  test("end each that is over, once and within 20 ms, whoever leaves meanwhile", () => {
    const [first, second, third, never] = [waiter(100), waiter(100), waiter(200), waiter(Infinity)];
    vi.advanceTimersByTime(99);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(21);
    expect(new Set(expired)).toEqual(new Set([first, second]));
    expect(new Set(deadlines.all())).toEqual(new Set([third, never]));
    vi.advanceTimersByTime(1_000);
    expect(expired).toHaveLength(3);
    expect(deadlines.all()).toEqual([never]);
  });

  test("forget whom they are told to, in any order, and only once", () => {
    const all = Array.from({ length: 10 }, () => waiter(50));
    for (const index of [9, 0, 4, 4, 8]) deadlines.delete(all[index] as Waiter);
    const left = all.filter((_, index) => ![9, 0, 4, 8].includes(index));
    expect(new Set(deadlines.all())).toEqual(new Set(left));
    deadlines.add(left[0] as Waiter);
    expect(deadlines.all()).toHaveLength(left.length);
    vi.advanceTimersByTime(100);
    expect(new Set(expired)).toEqual(new Set(left));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("take one that was ended by the expiry of another for over", () => {
    const second = new Waiter(deadlines, performance.now() + 50, expired);
    const first: Waiting = { place: -1, deadlineMs: performance.now() + 50, expired: () => [first as Waiter, second].forEach((each) => deadlines.delete(each)) };
    deadlines.add(first as Waiter);
    deadlines.add(second);
    vi.advanceTimersByTime(100);
    expect(expired).toEqual([]);
  });

  test("let nobody expire once they are stopped", () => {
    const one = waiter(50);
    deadlines.stop();
    vi.advanceTimersByTime(100);
    expect([expired, one.place]).toEqual([[], -1]);
  });
});
