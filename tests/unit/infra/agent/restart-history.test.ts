import { describe, expect, test } from "vitest";
import { RESTART_RULE, RestartHistory } from "../../../../infra/agent/repair/restart-history.ts";

const MINUTE = 60_000;

/** Seconds at which a container that never gets well is restarted within `seconds`, looked at each second. */
function restartsOfHopeless(history: RestartHistory, seconds: number): number[] {
  const restarts: number[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    history.observe("unhealthy", second * 1000);
    if (history.decide(second * 1000) !== "restart") continue;
    history.restarted(second * 1000);
    restarts.push(second);
  }
  return restarts;
}

describe("RestartHistory", () => {
  test("lets an unhealthy container be restarted at the bound, and not before", () => {
    const history = new RestartHistory(RESTART_RULE);
    history.observe("unhealthy", 0);
    expect(history.decide(9_999)).toBe("wait");
    expect(history.decide(10_000)).toBe("restart");
  });

  test("counts from the last time that the container was well", () => {
    const history = new RestartHistory(RESTART_RULE);
    history.observe("unhealthy", 0);
    history.observe("healthy", 9_000);
    history.observe("unhealthy", 10_000);
    expect(history.decide(19_999)).toBe("wait");
    expect(history.decide(20_000)).toBe("restart");
  });

  test("gives a container that goes on after a pause the time for a new verdict", () => {
    const history = new RestartHistory(RESTART_RULE);
    history.observe("unhealthy", 0);
    history.observe("absent", 5_000);
    expect(history.decide(60_000)).toBe("wait");
    history.observe("unhealthy", 61_000);
    expect(history.decide(105_999)).toBe("wait");
    expect(history.decide(106_000)).toBe("restart");
    history.observe("healthy", 107_000);
    history.observe("unhealthy", 108_000);
    expect(history.decide(118_000)).toBe("restart");
  });

  test("waits 10, 20, 40, 80 s between restarts and gives up after five in an hour", () => {
    const history = new RestartHistory(RESTART_RULE);
    // Each wait is counted from the last restart; the first ones are hidden by the bound of 10 s.
    expect(restartsOfHopeless(history, 3600)).toEqual([10, 21, 41, 81, 161]);
    history.observe("unhealthy", 3600_000);
    expect(history.decide(3600_000)).toBe("gave-up");
  });

  test("tries again when the first of five restarts is an hour old, at most every five minutes", () => {
    const history = new RestartHistory(RESTART_RULE);
    const restarts = restartsOfHopeless(history, 7200);
    expect(restarts.slice(5, 7)).toEqual([3610, 3910]);
    expect(history.backoffMs).toBe(5 * MINUTE);
  });

  test("never waits longer than five minutes", () => {
    const history = new RestartHistory(RESTART_RULE);
    for (let n = 0; n < 20; n += 1) history.restarted(0);
    expect(history.backoffMs).toBe(5 * MINUTE);
  });

  test("starts its back-off anew once a container was healthy for ten minutes", () => {
    const history = new RestartHistory(RESTART_RULE);
    restartsOfHopeless(history, 100);
    expect(history.attempts).toBe(4);
    history.observe("healthy", 200_000);
    history.observe("healthy", 799_999);
    expect(history.attempts).toBe(4);
    history.observe("healthy", 800_000);
    expect(history.attempts).toBe(0);
  });
});
