import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../../../services/base/clock.ts";
import type { Colour } from "../../../../../services/base/config.ts";
import { Breakers } from "../../../../../services/gateway/breaker/breakers.ts";
import type { Verdict } from "../../../../../services/gateway/breaker/circuit.ts";
import { Visit } from "../../../../../services/gateway/breaker/visit.ts";

const TUNING = { windowMs: 10_000, minimumRequests: 2, failurePercent: 50, resetMs: 30_000, trials: 1 };

describe("the circuit breakers (R-GW-4)", () => {
  let breakers: Breakers;

  beforeEach(() => {
    vi.useFakeTimers();
    breakers = new Breakers(["trading", "social"], systemClock, TUNING);
  });
  afterEach(() => {
    breakers.stop();
    vi.useRealTimers();
  });

  /** One request that was taken to these colours, each with the outcomes of its tries there. */
  const visit = async (tries: readonly (readonly [Colour, Verdict])[]): Promise<void> => {
    const one = new Visit(breakers, "trading");
    for (const [colour, verdict] of tries) {
      expect(one.enter(colour)).toBe(true);
      one.note(colour, verdict);
    }
    one.end();
    await vi.advanceTimersByTimeAsync(0);
  };

  it("open for one colour of one service", async () => {
    for (let time = 0; time < 2; time += 1) await visit([["blue", "bad"]]);
    expect(breakers.of("trading", "blue").state).toBe("open");
    expect(breakers.of("trading", "green").state).toBe("closed");
    expect(breakers.of("social", "blue").state).toBe("closed");
    expect(new Visit(breakers, "trading").mayEnter("blue")).toBe(false);
    expect(new Visit(breakers, "trading").enter("blue")).toBe(false);
  });

  it("count a failure that another instance of the colour made good as a success", async () => {
    for (let time = 0; time < 5; time += 1) await visit([["blue", "bad"], ["blue", "good"]]);
    expect(breakers.of("trading", "blue").state).toBe("closed");
  });

  it("count a failure that the other colour made good against the first one", async () => {
    for (let time = 0; time < 2; time += 1) await visit([["blue", "bad"], ["green", "good"]]);
    expect(breakers.of("trading", "blue").state).toBe("open");
    expect(breakers.of("trading", "green").state).toBe("closed");
  });

  it("forget what they know of a colour that gets no requests any more, as after a rollback", async () => {
    for (let time = 0; time < 2; time += 1) await visit([["blue", "bad"]]);
    for (let time = 0; time < 2; time += 1) await visit([["green", "bad"]]);
    await vi.advanceTimersByTimeAsync(30_000);
    breakers.resetUnused((_service, colour) => colour === "blue");
    expect(breakers.of("trading", "blue").state).toBe("half-open");
    expect(breakers.of("trading", "green").state).toBe("closed");
    await visit([["green", "bad"]]);
    expect(breakers.of("trading", "green").state).toBe("closed");
  });

  it("say when the first open circuit of a service tries again", async () => {
    for (let time = 0; time < 2; time += 1) await visit([["blue", "bad"]]);
    await vi.advanceTimersByTimeAsync(10_000);
    for (let time = 0; time < 2; time += 1) await visit([["green", "bad"]]);
    expect(breakers.retryAfterSeconds("trading")).toBe(20);
    expect(breakers.retryAfterSeconds("social")).toBe(1);
  });
});
