import { describe, expect, it } from "vitest";
import { RevokedSessions } from "../../../../../services/base/auth/revoked-sessions.ts";

function setUp(stored: readonly (readonly [string, number])[] | Error = []) {
  let nowMs = 1_000_000;
  let asked = 0;
  const redis = {
    zrangebyscore: () => {
      asked += 1;
      return stored instanceof Error ? Promise.reject(stored) : Promise.resolve(stored.flatMap(([id, until]) => [id, String(until)]));
    },
  };
  return {
    sessions: new RevokedSessions(redis as never, { now: () => nowMs }),
    advance: (ms: number) => (nowMs += ms),
    asked: () => asked,
  };
}

describe("R-SVC-1 sessions that have ended", () => {
  it("are read from Redis before the first question is answered", async () => {
    const { sessions } = setUp([["gone", 2_000_000]]);
    expect([await sessions.has("gone"), await sessions.has("running")]).toEqual([true, false]);
  });

  it("are known at once when the channel tells of them, without asking Redis", async () => {
    const { sessions, asked } = setUp();
    await sessions.has("any");
    sessions.hear(JSON.stringify([["gone", 2_000_000]]));
    expect(await sessions.has("gone")).toBe(true);
    expect(asked()).toBe(1);
  });

  it("stay known when Redis is away or has lost them, until their tokens have expired", async () => {
    const { sessions, advance } = setUp(new Error("away"));
    sessions.hear(JSON.stringify([["gone", 1_060_000]]));
    await sessions.refresh();
    expect(await sessions.has("gone")).toBe(true);
    advance(60_001);
    await sessions.refresh();
    expect(await sessions.has("gone")).toBe(false);
  });

  it("are not confused by a message that is none", async () => {
    const { sessions } = setUp();
    for (const message of ["{", "17", "[1,[2],[3,4]]"]) sessions.hear(message);
    expect(await sessions.has("3")).toBe(false);
  });
});
