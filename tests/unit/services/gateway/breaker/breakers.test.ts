import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Breakers, CircuitOpenError } from "../../../../../services/gateway/breaker/breakers.ts";
import { systemClock } from "../../../../../services/base/clock.ts";

const TUNING = { windowMs: 10_000, minimumRequests: 10, failurePercent: 50, resetMs: 30_000 };
const fails = (): Promise<never> => Promise.reject(new Error("down"));
const works = (): Promise<string> => Promise.resolve("ok");

describe("the circuit breaker of a service (R-GW-4)", () => {
  let breakers: Breakers;

  beforeEach(() => {
    vi.useFakeTimers();
    breakers = new Breakers(["trading", "social"], systemClock, TUNING);
  });
  afterEach(() => {
    breakers.stop();
    vi.useRealTimers();
  });

  const failTimes = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) await breakers.run("trading", fails).catch(() => undefined);
  };

  it("stays closed below the minimum of requests", async () => {
    await failTimes(9);
    expect(breakers.state("trading")).toBe("closed");
  });

  it("opens at half failures, tries nothing then, and says when to come again", async () => {
    for (let time = 0; time < 5; time += 1) await breakers.run("trading", works);
    await failTimes(6);
    expect(breakers.state("trading")).toBe("open");
    await vi.advanceTimersByTimeAsync(10_000);
    const tried = vi.fn(works);
    const refused = breakers.run("trading", tried);
    await expect(refused).rejects.toBeInstanceOf(CircuitOpenError);
    await expect(refused).rejects.toMatchObject({ retryAfterSeconds: 20 });
    expect(tried).not.toHaveBeenCalled();
  });

  it("leaves the other services alone", async () => {
    await failTimes(20);
    expect(await breakers.run("social", works)).toBe("ok");
  });

  it("tries again after 30 s and closes by itself", async () => {
    await failTimes(10);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(breakers.state("trading")).toBe("half-open");
    expect(await breakers.run("trading", works)).toBe("ok");
    expect(breakers.state("trading")).toBe("closed");
  });

  it("opens again where the trial fails", async () => {
    await failTimes(10);
    await vi.advanceTimersByTimeAsync(30_000);
    await failTimes(1);
    expect(breakers.state("trading")).toBe("open");
  });
});
