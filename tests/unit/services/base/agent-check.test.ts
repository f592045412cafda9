import { describe, expect, it } from "vitest";
import { agentAnswer } from "../../../../services/base/agent-check.ts";

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
