import type { Counter } from "prom-client";
import type { Colour } from "../base/config.ts";
import type { Metrics } from "../base/metrics.ts";
import {
  BREAKER_REFUSED,
  BREAKER_STATE,
  EJECTED,
  EJECTIONS,
  LIMITER_LOCAL,
  RATE_LIMITED,
  REGISTRY_AGE,
  REGISTRY_FAULT,
  RETRIES,
  RETRIES_REFUSED,
  STALE_ANSWERS,
  TRAFFIC_WEIGHT,
  UPSTREAM_INSTANCES,
  UPSTREAM_REQUESTS,
} from "../base/metrics-contract/gateway.ts";
import { registerCounter, registerGauge } from "../base/metrics-contract/register.ts";
import type { ServiceContext } from "../base/service.ts";
import type { Breakers } from "./breaker/breakers.ts";
import { BREAKER_STATES } from "./breaker/circuit.ts";
import { gateway } from "./declaration.ts";
import type { Limiter } from "./limits/limiter.ts";
import { FAILURE_KINDS, type FailureKind, type InstanceHealth } from "./routing/instance-health.ts";

/** What became of a request to a service. */
export type UpstreamOutcome = "answered" | "server-error" | "refused" | "timeout" | "reset" | "broken" | "client-gone";

const OUTCOMES: readonly UpstreamOutcome[] = ["answered", "server-error", "refused", "timeout", "reset", "broken", "client-gone"];

const COLOURS: readonly Colour[] = ["blue", "green"];

/** What the gauges tell of. */
export interface Watched {
  readonly context: ServiceContext;
  readonly breakers: Breakers;
  readonly health: InstanceHealth;
  readonly limiter: Limiter;
}

/**
 * Metrics of the gateway beside those of every service. All series stand at zero from the start and no others come: a
 * label is a service, a colour or one of a few words, never what a caller sent.
 */
export class GatewayMetrics {
  readonly rateLimited: Counter<"scope">;
  readonly #services: readonly string[];
  /** Tries since somebody has last read them: counting them up by three labels takes a text of these for each one. */
  readonly #tries = new Map<string, Record<Colour, Record<UpstreamOutcome, number>>>();
  readonly #retries: Counter<"upstream">;
  readonly #retriesRefused: Counter<"upstream">;
  readonly #breakerRefused: Counter<"upstream">;
  readonly #stale: Counter<"upstream">;
  readonly #ejections: Counter<"upstream" | "upstream_colour" | "reason">;
  readonly #registry: Metrics["registry"];

  constructor(metrics: Metrics, services: readonly string[]) {
    this.#registry = metrics.registry;
    this.#services = services;
    const tries = registerCounter(UPSTREAM_REQUESTS, this.#registry, () => this.#handOverTries(tries));
    this.#retries = registerCounter(RETRIES, this.#registry);
    this.#retriesRefused = registerCounter(RETRIES_REFUSED, this.#registry);
    this.#breakerRefused = registerCounter(BREAKER_REFUSED, this.#registry);
    this.#stale = registerCounter(STALE_ANSWERS, this.#registry);
    this.#ejections = registerCounter(EJECTIONS, this.#registry);
    this.rateLimited = registerCounter(RATE_LIMITED, this.#registry);
    for (const upstream of services) {
      this.#tries.set(upstream, { blue: noTries(), green: noTries() });
      for (const each of [this.#retries, this.#retriesRefused, this.#breakerRefused, this.#stale]) each.inc({ upstream }, 0);
      for (const upstream_colour of COLOURS) {
        for (const reason of FAILURE_KINDS) this.#ejections.inc({ upstream, upstream_colour, reason }, 0);
        for (const outcome of OUTCOMES) tries.inc({ upstream, upstream_colour, outcome }, 0);
      }
    }
    for (const scope of ["user", "service"]) this.rateLimited.inc({ scope }, 0);
  }

  /** Counts one try at an instance of a service. */
  tried(upstream: string, colour: Colour, outcome: UpstreamOutcome): void {
    const tries = this.#tries.get(upstream);
    if (tries !== undefined) tries[colour][outcome] += 1;
  }

  /** A try after the first one. */
  retried(upstream: string): void {
    this.#retries.inc({ upstream });
  }

  /** A retry that the budget did not allow. */
  retryRefused(upstream: string): void {
    this.#retriesRefused.inc({ upstream });
  }

  /** A request that an open circuit kept from its service. */
  breakerRefused(upstream: string): void {
    this.#breakerRefused.inc({ upstream });
  }

  /** A read that got an earlier answer. */
  answeredStale(upstream: string): void {
    this.#stale.inc({ upstream });
  }

  /** An instance was taken out of the turn. */
  ejected(upstream: string, upstream_colour: Colour, reason: FailureKind): void {
    this.#ejections.inc({ upstream, upstream_colour, reason });
  }

  /** Gauges of what the gateway knows and decides by. */
  watch({ context, breakers, health, limiter }: Watched): void {
    const registry = this.#registry;
    const services = this.#services;
    registerGauge(BREAKER_STATE, registry, (gauge) => {
      for (const [upstream, upstream_colour] of this.#pairs()) {
        const current = breakers.of(upstream, upstream_colour).state;
        for (const state of BREAKER_STATES) gauge.set({ upstream, upstream_colour, state }, state === current ? 1 : 0);
      }
    });
    registerGauge(EJECTED, registry, (gauge) => {
      const out = health.out();
      for (const [upstream, upstream_colour] of this.#pairs()) {
        const count = out.filter(({ instance }) => instance.service === upstream && instance.colour === upstream_colour).length;
        gauge.set({ upstream, upstream_colour }, count);
      }
    });
    registerGauge(REGISTRY_AGE, registry, (gauge) => gauge.set((context.registry.ageMs() ?? 0) / 1000));
    registerGauge(REGISTRY_FAULT, registry, (gauge) => gauge.set(context.registry.isFaulty ? 1 : 0));
    registerGauge(UPSTREAM_INSTANCES, registry, (gauge) => {
      for (const [upstream, upstream_colour] of this.#pairs()) {
        gauge.set({ upstream, upstream_colour }, context.registry.takers(upstream)[upstream_colour].length);
      }
    });
    registerGauge(TRAFFIC_WEIGHT, registry, (gauge) => {
      for (const upstream of [gateway.name, ...services]) {
        const weights = context.traffic.weights(upstream);
        for (const upstream_colour of COLOURS) gauge.set({ upstream, upstream_colour }, weights[upstream_colour]);
      }
    });
    registerGauge(LIMITER_LOCAL, registry, (gauge) => gauge.set(limiter.isLocal ? 1 : 0));
  }

  #handOverTries(tries: Counter<"upstream" | "upstream_colour" | "outcome">): void {
    for (const [upstream, colours] of this.#tries) {
      for (const upstream_colour of COLOURS) {
        for (const outcome of OUTCOMES) tries.inc({ upstream, upstream_colour, outcome }, colours[upstream_colour][outcome]);
      }
      this.#tries.set(upstream, { blue: noTries(), green: noTries() });
    }
  }

  #pairs(): readonly (readonly [string, Colour])[] {
    return this.#services.flatMap((service) => COLOURS.map((colour) => [service, colour] as const));
  }
}

function noTries(): Record<UpstreamOutcome, number> {
  return { answered: 0, "server-error": 0, refused: 0, timeout: 0, reset: 0, broken: 0, "client-gone": 0 };
}
