import CircuitBreaker from "opossum";
import type { Clock } from "../../base/clock.ts";
import type { BreakerTuning } from "../tuning.ts";

export type BreakerState = "closed" | "open" | "half-open";
export const BREAKER_STATES: readonly BreakerState[] = ["closed", "open", "half-open"];

/** The breaker refused: nothing was tried. */
export class CircuitOpenError extends Error {
  override readonly name = "CircuitOpenError";
  readonly retryAfterSeconds: number;

  constructor(service: string, retryAfterSeconds: number) {
    super(`circuit of ${service} is open`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** One breaker per service. Work that rejects is a failure; what the caller is to blame for has to resolve. */
export class Breakers {
  readonly #clock: Clock;
  readonly #tuning: BreakerTuning;
  readonly #breakers = new Map<string, CircuitBreaker<[() => Promise<unknown>], unknown>>();
  readonly #openedAtMs = new Map<string, number>();

  constructor(services: readonly string[], clock: Clock, tuning: BreakerTuning) {
    this.#clock = clock;
    this.#tuning = tuning;
    for (const service of services) this.#breakers.set(service, this.#create(service));
  }

  /** @throws CircuitOpenError without trying, while the circuit is open. */
  async run<T>(service: string, work: () => Promise<T>): Promise<T> {
    const breaker = this.#breakers.get(service);
    if (breaker === undefined) return work();
    try {
      return (await breaker.fire(work)) as T;
    } catch (error) {
      if (error instanceof Error && CircuitBreaker.isOurError(error)) {
        throw new CircuitOpenError(service, this.#retryAfterSeconds(service));
      }
      throw error;
    }
  }

  state(service: string): BreakerState {
    const breaker = this.#breakers.get(service);
    if (breaker?.halfOpen) return "half-open";
    return breaker?.opened ? "open" : "closed";
  }

  /** Ends all timers. */
  stop(): void {
    for (const breaker of this.#breakers.values()) breaker.shutdown();
  }

  #create(service: string): CircuitBreaker<[() => Promise<unknown>], unknown> {
    const breaker = new CircuitBreaker((work: () => Promise<unknown>) => work(), {
      name: service,
      // The proxy has its own deadlines, and they count as failures.
      timeout: false,
      rollingCountTimeout: this.#tuning.windowMs,
      rollingCountBuckets: 10,
      rollingPercentilesEnabled: false,
      volumeThreshold: this.#tuning.minimumRequests,
      errorThresholdPercentage: this.#tuning.failurePercent,
      resetTimeout: this.#tuning.resetMs,
    });
    breaker.on("open", () => this.#openedAtMs.set(service, this.#clock.now()));
    return breaker;
  }

  #retryAfterSeconds(service: string): number {
    const openedAtMs = this.#openedAtMs.get(service) ?? this.#clock.now();
    return Math.max(1, Math.ceil((openedAtMs + this.#tuning.resetMs - this.#clock.now()) / 1000));
  }
}
