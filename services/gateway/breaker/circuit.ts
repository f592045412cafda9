import CircuitBreaker from "opossum";
import type { Clock } from "../../base/clock.ts";
import type { BreakerTuning } from "../tuning.ts";

export type BreakerState = "closed" | "open" | "half-open";
export const BREAKER_STATES: readonly BreakerState[] = ["closed", "open", "half-open"];

/** What a request says of the circuit it went through; `nothing`: neither good nor bad, its caller left. */
export type Verdict = "good" | "bad" | "nothing";

/** The right to one request. It has to be given back with `settle`, once. */
export interface Permit {
  settle(verdict: Verdict): void;
}

/** opossum's statistics; its types leave out how they are counted up. */
interface CountingStatus {
  increment(count: "fires"): void;
}

const FAILURE = new Error("the service failed");

/**
 * One circuit. opossum keeps the window and the times; this adds what it lacks: several trials instead of one, a window
 * of finished requests only (opossum also counts those that wait or were refused, which hides failures), and a new
 * window after each closing. A result that arrives after the state has changed says nothing any more.
 */
export class Circuit {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #tuning: BreakerTuning;
  #breaker: CircuitBreaker<[boolean], undefined>;
  /** Counts changes of state, so that late results are known as such. */
  #epoch = 0;
  #openedAtMs = 0;
  #trialsUnderWay = 0;
  #trialsPassed = 0;

  constructor(name: string, clock: Clock, tuning: BreakerTuning) {
    this.#name = name;
    this.#clock = clock;
    this.#tuning = tuning;
    this.#breaker = this.#create("closed");
  }

  get state(): BreakerState {
    if (this.#breaker.halfOpen) return "half-open";
    return this.#breaker.opened ? "open" : "closed";
  }

  /** When it last opened, on the gateway's clock. */
  get openedAtMs(): number {
    return this.#openedAtMs;
  }

  /** Whether a request may pass now. */
  get admits(): boolean {
    if (this.#breaker.opened) return false;
    return !this.#breaker.halfOpen || this.#trialsUnderWay + this.#trialsPassed < this.#tuning.trials;
  }

  /** Whole seconds until it tries again, at least 1. */
  get retryAfterSeconds(): number {
    if (this.state !== "open") return 1;
    return Math.max(1, Math.ceil((this.#openedAtMs + this.#tuning.resetMs - this.#clock.now()) / 1000));
  }

  /** Lets one request pass; undefined where it may not. */
  admit(): Permit | undefined {
    if (!this.admits) return undefined;
    const epoch = this.#epoch;
    const isTrial = this.#breaker.halfOpen;
    if (isTrial) this.#trialsUnderWay += 1;
    return {
      settle: (verdict) => {
        if (epoch !== this.#epoch) return;
        if (isTrial) this.#trialEnded(verdict);
        else if (verdict !== "nothing") this.#report(verdict === "bad");
      },
    };
  }

  /** Tries again before its time: what was gone is there again. */
  tryNow(): void {
    if (this.#breaker.opened) this.#replace("half-open");
  }

  /** Forgets what it has seen: nobody goes this way any more, and who does so later finds other instances. */
  reset(): void {
    if (this.state !== "closed") this.#replace("closed");
  }

  /** Ends all timers. */
  stop(): void {
    this.#breaker.shutdown();
  }

  #trialEnded(verdict: Verdict): void {
    this.#trialsUnderWay -= 1;
    if (verdict === "bad") return this.#report(true);
    if (verdict === "good") this.#trialsPassed += 1;
    if (this.#trialsPassed >= this.#tuning.trials) this.#replace("closed");
  }

  /** opossum is told of results only, when they are there. */
  #report(isFailure: boolean): void {
    if (!isFailure) {
      // What `fire` would do for a success, without its promises and events: this is every request. It decides by failures and
      // fires alone; each counted success would leave a number in a list for as long as the window lasts.
      (this.#breaker.status as unknown as CountingStatus).increment("fires");
      return;
    }
    this.#breaker.fire(isFailure).catch(() => undefined);
  }

  #changed(): void {
    this.#epoch += 1;
    this.#trialsUnderWay = 0;
    this.#trialsPassed = 0;
  }

  #replace(state: "closed" | "half-open"): void {
    this.#breaker.shutdown();
    this.#breaker = this.#create(state);
    this.#changed();
  }

  #create(state: "closed" | "half-open"): CircuitBreaker<[boolean], undefined> {
    const options = {
      name: this.#name,
      // The proxy has its own deadlines, and they count as failures.
      timeout: false as const,
      rollingCountTimeout: this.#tuning.windowMs,
      rollingCountBuckets: 10,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      volumeThreshold: this.#tuning.minimumRequests,
      errorThresholdPercentage: this.#tuning.failurePercent,
      resetTimeout: this.#tuning.resetMs,
      // opossum's own way to begin in a state; its types do not know it.
      state: { closed: state === "closed", halfOpen: state === "half-open" },
    };
    const breaker = new CircuitBreaker<[boolean], undefined>((isFailure) => (isFailure ? Promise.reject(FAILURE) : Promise.resolve(undefined)), options);
    breaker.on("open", () => {
      this.#openedAtMs = this.#clock.now();
      this.#changed();
    });
    breaker.on("halfOpen", () => this.#changed());
    return breaker;
  }
}
