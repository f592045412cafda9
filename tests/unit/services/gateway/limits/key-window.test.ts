import { describe, expect, it } from "vitest";
import { KeyWindow, type SharedWindow } from "../../../../../services/gateway/limits/key-window.ts";

const START = 1_700_000_000_000;
const shared = (changes: Partial<SharedWindow> = {}): SharedWindow => ({ count: 1, mine: 1, endsAtRedisMs: START + 60_000, leftMs: 60_000, isNew: true, ...changes });

describe("what a gateway knows of one key (R-GW-5)", () => {
  it("lets exactly the limit pass alone and refuses the rest", () => {
    const window = new KeyWindow(START);
    const passed = Array.from({ length: 210 }, () => window.passAlone(200));
    expect(passed.indexOf(false)).toBe(200);
    expect(passed.filter((one) => !one)).toHaveLength(10);
  });

  it("starts a window with the first request of its key, not with the clock's minute", () => {
    const window = new KeyWindow(START + 59_000);
    window.passAlone(1);
    window.renew(START + 118_999);
    expect(window.resetMs(START + 118_999)).toBe(1);
    expect(window.passAlone(1)).toBe(false);
    window.renew(START + 119_000);
    expect(window.passAlone(1)).toBe(true);
  });

  it("goes on alone from what Redis had counted for everybody", () => {
    const window = new KeyWindow(START);
    window.adopt(shared({ count: 199, mine: 3 }), 3, START);
    expect(window.count).toBe(199);
    expect(window.passAlone(200)).toBe(true);
    expect(window.passAlone(200)).toBe(false);
  });

  it("holds what Redis has lent it, and spends that first", () => {
    const window = new KeyWindow(START);
    window.adopt(shared({ count: 9, mine: 9 }), 1, START);
    expect(window.lease).toBe(8);
    expect(window.count).toBe(1);
    window.spend();
    expect([window.lease, window.used]).toEqual([7, 2]);
    expect(window.passAlone(1)).toBe(true);
    expect(window.lease).toBe(6);
  });

  it("forgets a window that is over where Redis has begun another", () => {
    const window = new KeyWindow(START);
    window.adopt(shared({ count: 50, mine: 50 }), 50, START);
    window.adopt(shared({ count: 1, mine: 1, isNew: true }), 1, START + 60_000);
    expect([window.used, window.count]).toEqual([1, 1]);
  });

  it("takes back a request that another limit refused", () => {
    const window = new KeyWindow(START);
    window.passAlone(1);
    window.undo();
    expect(window.passAlone(1)).toBe(true);
  });

  it("asks for a lease only while its key is asked for often, for more each time, up to a bound", () => {
    const window = new KeyWindow(START);
    expect(window.wishFor(START)).toBe(0);
    expect(window.wishFor(START + 2_000)).toBe(0);
    const wishes = Array.from({ length: 20 }, (_, index) => window.wishFor(START + 3_000 + index));
    expect(wishes.slice(0, 3)).toEqual([4, 8, 16]);
    expect(wishes.at(-1)).toBe(8_192);
    expect(window.wishFor(START + 18_000)).toBe(8_192);
    expect(window.wishFor(START + 33_001)).toBe(2_048);
  });

  it("has back what a request was refused for by another limit, in the same window only", () => {
    const window = new KeyWindow(START);
    expect(window.pay(START)).toBeUndefined();
    window.adopt(shared({ count: 4, mine: 4 }), 1, START);
    const [first, second] = [window.pay(START), window.pay(START)];
    expect([window.used, window.lease]).toEqual([3, 1]);
    first?.takeBack();
    expect([window.used, window.lease]).toEqual([2, 2]);
    window.renew(START + 60_000);
    second?.takeBack();
    expect([window.used, window.lease]).toEqual([0, 0]);
  });

  it("names a window that Redis does not know by the time at which it ends there", () => {
    const window = new KeyWindow(START);
    expect(window.endsAtRedisMs(7)).toBe(0);
    window.passAlone(10);
    expect(window.endsAtRedisMs(7)).toBe(START + 60_007);
    window.adopt(shared({ endsAtRedisMs: 42 }), 0, START);
    expect(window.endsAtRedisMs(7)).toBe(42);
  });
});
