import { describe, expect, test } from "vitest";
import { judge, type Measured } from "../../../../infra/rollout/judge.ts";

const fine: Measured = { requests: 1000, errors: 2, p95Seconds: 0.02 };

describe("a step is judged by the new colour against the old one (R-DEP-3)", () => {
  test("like the old one is good, and says what was seen", () => {
    expect(judge(fine, fine)).toEqual({ kind: "good", text: "1000 requests, 0.2 % errors, p95 20 ms" });
  });

  test.each<readonly [string, Measured, Measured | undefined, string]>([
    ["with 5 % errors", { ...fine, errors: 50 }, fine, "bad"],
    ["with errors just at the limit", { ...fine, errors: 14 }, fine, "good"],
    ["with errors just above the limit", { ...fine, errors: 15 }, fine, "bad"],
    ["with many errors where the old one has as many", { ...fine, errors: 50 }, { ...fine, errors: 50 }, "good"],
    ["with two errors, which are chance", { requests: 25, errors: 2 }, fine, "good"],
    ["with three errors of three requests", { requests: 3, errors: 3 }, fine, "bad"],
    ["three times as slow, and noticeably", { ...fine, p95Seconds: 0.3 }, { ...fine, p95Seconds: 0.1 }, "bad"],
    ["three times as slow, but fast", { ...fine, p95Seconds: 0.06 }, fine, "good"],
    ["slow where the old one is too", { ...fine, p95Seconds: 0.6 }, { ...fine, p95Seconds: 0.4 }, "good"],
    ["slow where nothing is usual", { ...fine, p95Seconds: 1.1 }, undefined, "bad"],
    ["with 19 requests", { requests: 19, errors: 0 }, fine, "unknown"],
    ["with 20 requests", { requests: 20, errors: 0 }, fine, "good"],
  ])("%s", (_, candidate, active, kind) => {
    expect(judge(candidate, active).kind).toBe(kind);
  });

  test("with too little traffic it is not judged, and says so", () => {
    expect(judge({ requests: 7, errors: 0 }, fine).text).toBe("too little traffic to judge: 7 requests, at least 20 are needed");
    expect(judge(undefined, fine)).toEqual({ kind: "unknown", text: "cannot be judged: Prometheus does not answer" });
  });
});
