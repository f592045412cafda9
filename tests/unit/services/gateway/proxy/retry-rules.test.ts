import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { mayRepeat, problemOf, verdictOf, type Failure } from "../../../../../services/gateway/proxy/retry-rules.ts";
import type { FailureKind } from "../../../../../services/gateway/routing/instance-health.ts";

const failure = (reason: FailureKind, sent: boolean): Failure => ({ kind: "failed", reason, sent, error: new Error(reason) });
const body = (): Readable => Readable.from(["x"]);

describe("a try that failed is repeated (R-GW-3)", () => {
  it.each<[string, Failure, string, Readable | undefined, boolean]>([
    ["a write that was never sent", failure("refused", false), "POST", body(), true],
    ["a write whose connection never came about", failure("unanswered", false), "POST", body(), true],
    ["a write that was sent", failure("reset", true), "POST", body(), false],
    ["a write without a body that was sent", failure("reset", true), "POST", undefined, false],
    ["a read that was sent", failure("reset", true), "GET", undefined, true],
    ["a read that was not answered in time", failure("timeout", true), "GET", undefined, true],
    ["a read that waited for a connection all the time", failure("timeout", false), "GET", undefined, false],
    ["a read that an instance could not take", failure("server-error", true), "GET", undefined, true],
    ["a deletion that was sent", failure("reset", true), "DELETE", undefined, true],
    ["a PUT whose body is used up", failure("reset", true), "PUT", body(), false],
  ])("%s", (_what, failed, method, sentBody, repeated) => {
    expect(mayRepeat(failed, method, sentBody, 1_000)).toBe(repeated);
  });

  it("never with a body that is gone, and never when there is no time left", () => {
    const gone = body();
    gone.destroy();
    expect(mayRepeat(failure("refused", false), "POST", gone, 1_000)).toBe(false);
    expect(mayRepeat(failure("reset", true), "GET", undefined, 0)).toBe(false);
  });
});

describe("what a try says of the circuit (R-GW-4)", () => {
  it("is nothing of a caller's own fault, and good of a 4xx", () => {
    expect(verdictOf({ kind: "client-gone" }, false)).toBe("nothing");
    expect(verdictOf({ kind: "answered", status: 499 }, false)).toBe("good");
    expect(verdictOf({ kind: "answered", status: 500 }, false)).toBe("bad");
    expect(verdictOf(failure("timeout", true), false)).toBe("bad");
    expect(verdictOf({ kind: "broken", error: new Error("half") }, false)).toBe("bad");
  });

  it("is nothing where one instance is ill and was taken out: that is no fault of the others", () => {
    expect(verdictOf(failure("reset", true), true)).toBe("nothing");
    expect(verdictOf({ kind: "answered", status: 500 }, true)).toBe("nothing");
  });
});

describe("what a caller is told (R-GW-4)", () => {
  it.each<[Failure | undefined, number, string]>([
    [undefined, 503, "service-unavailable"],
    [failure("refused", false), 503, "service-unavailable"],
    [failure("server-error", true), 503, "service-unavailable"],
    [failure("timeout", true), 504, "upstream-timeout"],
    [failure("reset", true), 502, "upstream-failed"],
  ])("after %j is %d %s, with a time to come again", (failed, status, code) => {
    expect(problemOf("trading", failed, 10_000)).toMatchObject({ status, code, retryAfterSeconds: 2 });
  });
});
