import type { Counter } from "prom-client";
import type { Colour } from "../base/config.ts";
import type { Metrics } from "../base/metrics.ts";
import {
  BREAKER_STATE,
  LIMITER_LOCAL,
  RATE_LIMITED,
  REGISTRY_AGE,
  RETRIES,
  TRAFFIC_WEIGHT,
  UPSTREAM_INSTANCES,
  UPSTREAM_REQUESTS,
} from "../base/metrics-contract/gateway.ts";
import { registerCounter, registerGauge } from "../base/metrics-contract/register.ts";
import type { ServiceContext } from "../base/service.ts";
import { BREAKER_STATES, type Breakers } from "./breaker/breakers.ts";
import { gateway } from "./declaration.ts";
import type { Limiter } from "./limits/limiter.ts";

/** What became of a request to a service. */
export type UpstreamOutcome = "answered" | "server-error" | "refused" | "timeout" | "reset" | "broken" | "client-gone";

const OUTCOMES: readonly UpstreamOutcome[] = ["answered", "server-error", "refused", "timeout", "reset", "broken", "client-gone"];

const COLOURS: readonly Colour[] = ["blue", "green"];

/** Metrics of the gateway beside those of every service; all series stand at zero from the start. */
export class GatewayMetrics {
  readonly retries: Counter<"upstream">;
  readonly rateLimited: Counter<"scope">;
  readonly #upstream: Counter<"upstream" | "upstream_colour" | "outcome">;
  readonly #registry: Metrics["registry"];

  constructor(metrics: Metrics, services: readonly string[]) {
    this.#registry = metrics.registry;
    this.#upstream = registerCounter(UPSTREAM_REQUESTS, this.#registry);
    this.retries = registerCounter(RETRIES, this.#registry);
    this.rateLimited = registerCounter(RATE_LIMITED, this.#registry);
    for (const upstream of services) {
      this.retries.inc({ upstream }, 0);
      for (const upstream_colour of COLOURS)
        for (const outcome of OUTCOMES) this.#upstream.inc({ upstream, upstream_colour, outcome }, 0);
    }
    for (const scope of ["user", "service"]) this.rateLimited.inc({ scope }, 0);
  }

  /** Counts one try at an instance of a service. */
  tried(upstream: string, upstream_colour: Colour, outcome: UpstreamOutcome): void {
    this.#upstream.inc({ upstream, upstream_colour, outcome });
  }

  /** Gauges of what the gateway knows and decides by. */
  watch(context: ServiceContext, services: readonly string[], breakers: Breakers, limiter: Limiter): void {
    const registry = this.#registry;
    registerGauge(BREAKER_STATE, registry, (gauge) => {
      for (const upstream of services) {
        const current = breakers.state(upstream);
        for (const state of BREAKER_STATES) gauge.set({ upstream, state }, state === current ? 1 : 0);
      }
    });
    registerGauge(REGISTRY_AGE, registry, (gauge) => gauge.set((context.registry.ageMs() ?? 0) / 1000));
    registerGauge(UPSTREAM_INSTANCES, registry, (gauge) => {
      for (const upstream of services) {
        const takers = context.registry.takers(upstream);
        for (const upstream_colour of COLOURS) gauge.set({ upstream, upstream_colour }, takers[upstream_colour].length);
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
}
