import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Fresh } from "../../../../services/base/fresh.ts";
import { FakeClock } from "./fixtures.ts";

let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a value that is kept fresh", () => {
  it("is read once for many callers and again when it is too old", async () => {
    let reads = 0;
    const fresh = new Fresh(() => Promise.resolve(++reads), 4_000, clock);
    expect((await Promise.all([fresh.get(), fresh.get()])).map((one) => one.value)).toEqual([1, 1]);
    clock.advance(3_999);
    expect((await fresh.get()).value).toBe(1);
    clock.advance(1);
    expect((await fresh.get()).value).toBe(2);
  });

  it("is the last one, with its age, while its source is away", async () => {
    let isAway = false;
    const fresh = new Fresh(() => (isAway ? Promise.reject(new Error("away")) : Promise.resolve("kpis")), 4_000, clock);
    const first = await fresh.get();
    isAway = true;
    clock.advance(60_000);
    expect(await fresh.get()).toEqual({ value: "kpis", atMs: first.atMs });
  });

  it("is not waited for longer than the caller's patience where there is a last one, and comes all the same", async () => {
    let finish: (value: string) => void = () => undefined;
    const answers = [Promise.resolve("first"), new Promise<string>((resolve) => (finish = resolve))];
    const fresh = new Fresh(() => answers.shift() ?? Promise.reject(new Error("a read too many")), 4_000, clock, { patienceMs: 1_000 });
    await fresh.get();
    clock.advance(4_000);
    const second = fresh.get();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await second).value).toBe("first");
    finish("second");
    await vi.advanceTimersByTimeAsync(0);
    expect((await fresh.get()).value).toBe("second");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves a source alone for a while after it has failed, with and without a last value", async () => {
    let reads = 0;
    let isAway = true;
    const read = (): Promise<number> => {
      reads += 1;
      return isAway ? Promise.reject(new Error("away")) : Promise.resolve(reads);
    };
    const fresh = new Fresh(read, 4_000, clock, { pauseMs: 1_000 });
    await expect(fresh.get()).rejects.toThrow("away");
    clock.advance(999);
    await expect(fresh.get()).rejects.toThrow("away");
    expect(reads).toBe(1);
    isAway = false;
    clock.advance(1);
    expect((await fresh.get()).value).toBe(2);
    isAway = true;
    clock.advance(4_000);
    expect((await fresh.get()).value).toBe(2);
    expect((await fresh.get()).value).toBe(2);
    expect(reads).toBe(3);
  });
});
