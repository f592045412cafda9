import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Wake } from "../../../../../services/base/events/wake.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a sleep that can be ended", () => {
  it("ends by itself at its time, not before", async () => {
    let awake = false;
    void new Wake().sleep(100).then(() => (awake = true));
    await vi.advanceTimersByTimeAsync(99);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toBe(true);
  });

  it("ends at once when it is called, and leaves no timer behind", async () => {
    const wake = new Wake();
    const sleeping = wake.sleep(100);
    wake.now();
    await sleeping;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not lose a call that came before it, and counts it once", async () => {
    const wake = new Wake();
    wake.now();
    await wake.sleep(100);
    let awake = false;
    void wake.sleep(100).then(() => (awake = true));
    await vi.advanceTimersByTimeAsync(50);
    expect(awake).toBe(false);
    await vi.advanceTimersByTimeAsync(50);
  });
});
