import { describe, expect, it } from "vitest";
import { LocalWindows } from "../../../../../services/gateway/limits/local-windows.ts";
import { FakeClock } from "../../base/fixtures.ts";

function setUp() {
  const clock = new FakeClock();
  return { clock, windows: new LocalWindows(clock, 60_000) };
}

describe("a local window (R-GW-5)", () => {
  it("lets exactly the limit pass and refuses the rest", () => {
    const { windows } = setUp();
    const allowed = Array.from({ length: 210 }, () => windows.hit("user:1", 200).allowed);
    expect(allowed.indexOf(false)).toBe(200);
    expect(allowed.filter((one) => !one)).toHaveLength(10);
  });

  it("starts with the first request of its key, not with the clock's minute", () => {
    const { clock, windows } = setUp();
    clock.advance(59_000);
    windows.hit("user:1", 1);
    clock.advance(59_999);
    expect(windows.hit("user:1", 1)).toMatchObject({ allowed: false, resetMs: 1 });
    clock.advance(1);
    expect(windows.hit("user:1", 1).allowed).toBe(true);
  });

  it("does not touch another key", () => {
    const { windows } = setUp();
    windows.hit("user:1", 1);
    expect(windows.hit("user:2", 1).allowed).toBe(true);
  });

  it("goes on from what Redis had counted", () => {
    const { windows } = setUp();
    windows.adopt("user:1", 199, 30_000);
    expect(windows.hit("user:1", 200)).toEqual({ allowed: true, count: 200, resetMs: 30_000 });
    expect(windows.hit("user:1", 200).allowed).toBe(false);
  });

  it("owes Redis what it counted alone, once", () => {
    const { windows } = setUp();
    windows.adopt("user:1", 5, 30_000);
    windows.hit("user:1", 200);
    windows.hit("user:1", 200);
    expect(windows.takeOwed("user:1")).toBe(2);
    expect(windows.takeOwed("user:1")).toBe(0);
  });

  it("does not count twice what Redis had counted after all", () => {
    const { windows } = setUp();
    windows.hit("user:1", 200);
    windows.settle("user:1");
    windows.adopt("user:1", 1, 60_000);
    expect(windows.hit("user:1", 200).count).toBe(2);
    expect(windows.takeOwed("user:1")).toBe(1);
  });

  it("still owes what Redis could not be told", () => {
    const { windows } = setUp();
    windows.hit("user:1", 200);
    windows.owe("user:1", windows.takeOwed("user:1"));
    expect(windows.takeOwed("user:1")).toBe(1);
  });

  it("owes nothing of a window that has ended", () => {
    const { clock, windows } = setUp();
    windows.hit("user:1", 200);
    clock.advance(60_000);
    expect(windows.takeOwed("user:1")).toBe(0);
  });

  it("takes back a request that another limit refused", () => {
    const { windows } = setUp();
    windows.hit("user:1", 1);
    windows.undo("user:1");
    expect(windows.hit("user:1", 1).allowed).toBe(true);
  });
});
