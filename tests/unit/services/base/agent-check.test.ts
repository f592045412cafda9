import { describe, expect, it } from "vitest";
import { agentAnswer, lingering } from "../../../../services/base/agent-check.ts";

describe("the agent check's answer", () => {
  it.each([
    [{ ready: true, draining: false, weight: 100 }, "up ready 100%\n"],
    [{ ready: true, draining: false, weight: 0 }, "up ready 0%\n"],
    [{ ready: true, draining: false, weight: 33.4 }, "up ready 33%\n"],
    [{ ready: false, draining: false, weight: 100 }, "drain\n"],
    [{ ready: true, draining: true, weight: 100 }, "drain\n"],
  ])("to %j is %j (R-DEP-2)", (facts, answer) => {
    expect(agentAnswer(facts)).toBe(answer);
  });
});

describe("a weight that falls to 0", () => {
  const setUp = () => {
    const state = { weight: 100, nowMs: 0 };
    return { state, answer: lingering(() => state.weight, () => state.nowMs) };
  };

  it("is told a second late, so that the edge is never without one that takes requests (R-DEP-2)", () => {
    const { state, answer } = setUp();
    expect(answer()).toBe(100);
    state.weight = 0;
    expect(answer()).toBe(100);
    state.nowMs = 999;
    expect(answer()).toBe(100);
    state.nowMs = 1000;
    expect(answer()).toBe(0);
    state.nowMs = 1100;
    expect(answer()).toBe(0);
  });

  it("is told at once where it only becomes less, or comes back", () => {
    const { state, answer } = setUp();
    answer();
    state.weight = 10;
    expect(answer()).toBe(10);
    state.weight = 0;
    expect(answer()).toBe(10);
    state.weight = 50;
    expect(answer()).toBe(50);
  });

  it("is 0 from the beginning where a colour stands by", () => {
    const { state, answer } = setUp();
    state.weight = 0;
    expect(answer()).toBe(0);
  });
});
