import type { Counter, Gauge, Histogram } from "prom-client";
import type { Metrics } from "../metrics.ts";
import {
  DEAD_LETTERED,
  DEAD_LETTERS_WAITING,
  GROUP_LAG,
  GROUP_READING,
  HANDLED,
  HANDLING_DELAY,
  OUTBOX_OLDEST_UNSENT_AGE,
  OUTBOX_UNSENT,
  PUBLISHED,
  RELAY_ACTIVE,
  REPUBLISHED,
  RETIRED_GROUPS,
} from "../metrics-contract/events.ts";
import { registerCounter, registerGauge, registerHistogram } from "../metrics-contract/register.ts";

/** What became of an event in a group. */
export type HandledOutcome = "handled" | "duplicate" | "ignored" | "retried" | "dead_lettered" | "discarded";

const OUTCOMES: readonly HandledOutcome[] = ["handled", "duplicate", "ignored", "retried", "dead_lettered", "discarded"];

/** Metrics of the event bus in one process; every series of the contract stands at zero from the start. */
export class EventMetrics {
  readonly published: Counter;
  readonly republished: Counter;
  readonly relayActive: Gauge;
  readonly unsent: Gauge;
  readonly oldestUnsentAgeSeconds: Gauge;
  readonly retiredGroups: Gauge;
  readonly #handled: Counter<"group" | "outcome">;
  readonly #deadLettered: Counter<"group">;
  readonly #deadLetters: Gauge<"group">;
  readonly #lag: Gauge<"group">;
  readonly #reading: Gauge<"group">;
  readonly #latency: Histogram<"group">;

  constructor(metrics: Metrics) {
    const { registry } = metrics;
    this.published = registerCounter(PUBLISHED, registry);
    this.republished = registerCounter(REPUBLISHED, registry);
    this.relayActive = registerGauge(RELAY_ACTIVE, registry);
    this.unsent = registerGauge(OUTBOX_UNSENT, registry);
    this.oldestUnsentAgeSeconds = registerGauge(OUTBOX_OLDEST_UNSENT_AGE, registry);
    this.#handled = registerCounter(HANDLED, registry);
    this.#deadLettered = registerCounter(DEAD_LETTERED, registry);
    this.#deadLetters = registerGauge(DEAD_LETTERS_WAITING, registry);
    this.retiredGroups = registerGauge(RETIRED_GROUPS, registry);
    this.#lag = registerGauge(GROUP_LAG, registry);
    this.#reading = registerGauge(GROUP_READING, registry);
    this.#latency = registerHistogram(HANDLING_DELAY, registry);
  }

  /** Makes every series of a group, at zero. */
  register(group: string): void {
    for (const outcome of OUTCOMES) this.#handled.inc({ group, outcome }, 0);
    this.#deadLettered.inc({ group }, 0);
    this.#deadLetters.set({ group }, 0);
    this.#lag.set({ group }, 0);
    this.#reading.set({ group }, 0);
    this.#latency.zero({ group });
  }

  count(group: string, outcome: HandledOutcome, events = 1): void {
    this.#handled.inc({ group, outcome }, events);
    if (outcome === "dead_lettered") this.#deadLettered.inc({ group }, events);
  }

  /** How many dead letters of a group wait. */
  deadLetters(group: string, letters: number): void {
    this.#deadLetters.set({ group }, letters);
  }

  lag(group: string, seconds: number): void {
    this.#lag.set({ group }, seconds);
  }

  /** Whether this process reads the group's events now. */
  reading(group: string, isReading: boolean): void {
    this.#reading.set({ group }, isReading ? 1 : 0);
  }

  delay(group: string, seconds: number): void {
    this.#latency.observe({ group }, Math.max(0, seconds));
  }
}
