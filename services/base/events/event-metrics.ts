import { Counter, Gauge, Histogram } from "prom-client";
import type { Metrics } from "../metrics.ts";

/** What became of an event in a group. */
export type HandledOutcome = "handled" | "duplicate" | "ignored" | "retried" | "dead_lettered";

const OUTCOMES: readonly HandledOutcome[] = ["handled", "duplicate", "ignored", "retried", "dead_lettered"];

/** Metrics of the event bus in one process; every series of the contract stands at zero from the start. */
export class EventMetrics {
  readonly published: Counter;
  readonly republished: Counter;
  readonly relayActive: Gauge;
  readonly unsent: Gauge;
  readonly oldestUnsentAgeSeconds: Gauge;
  readonly #handled: Counter<"group" | "outcome">;
  readonly #deadLettered: Counter<"group">;
  readonly #lag: Gauge<"group">;
  readonly #latency: Histogram<"group">;

  constructor(metrics: Metrics) {
    const registers = [metrics.registry];
    this.published = new Counter({ name: "eventbus_published_total", help: "Events that the relay put into the stream.", registers });
    this.republished = new Counter({
      name: "eventbus_republished_total",
      help: "Events put into the stream again after Redis had lost data.",
      registers,
    });
    this.relayActive = new Gauge({ name: "eventbus_relay_active", help: "1 in the process whose relay publishes its domain's events.", registers });
    this.unsent = new Gauge({ name: "outbox_unsent", help: "Committed events that are not in the stream yet.", registers });
    this.oldestUnsentAgeSeconds = new Gauge({
      name: "outbox_oldest_unsent_age_seconds",
      help: "Age of the oldest committed event that is not in the stream yet.",
      registers,
    });
    this.#handled = new Counter({
      name: "eventbus_handled_total",
      help: "Deliveries of events to a group by what became of them.",
      labelNames: ["group", "outcome"],
      registers,
    });
    this.#deadLettered = new Counter({
      name: "eventbus_dead_lettered_total",
      help: "Events that a group could not handle.",
      labelNames: ["group"],
      registers,
    });
    this.#lag = new Gauge({
      name: "eventbus_group_lag_seconds",
      help: "Age of the oldest event that a group has not handled.",
      labelNames: ["group"],
      registers,
    });
    this.#latency = new Histogram({
      name: "eventbus_handling_delay_seconds",
      help: "Time from when an event happened to when its effect was committed.",
      labelNames: ["group"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
      registers,
    });
  }

  /** Makes every series of a group, at zero. */
  register(group: string): void {
    for (const outcome of OUTCOMES) this.#handled.inc({ group, outcome }, 0);
    this.#deadLettered.inc({ group }, 0);
    this.#lag.set({ group }, 0);
    this.#latency.zero({ group });
  }

  count(group: string, outcome: HandledOutcome, events = 1): void {
    this.#handled.inc({ group, outcome }, events);
    if (outcome === "dead_lettered") this.#deadLettered.inc({ group }, events);
  }

  lag(group: string, seconds: number): void {
    this.#lag.set({ group }, seconds);
  }

  delay(group: string, seconds: number): void {
    this.#latency.observe({ group }, Math.max(0, seconds));
  }
}
