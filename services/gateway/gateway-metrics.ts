import { Counter, Gauge } from "prom-client";
import type { Metrics } from "../base/metrics.ts";
import type { ServiceContext } from "../base/service.ts";
import { BREAKER_STATES, type Breakers } from "./breaker/breakers.ts";
import type { Limiter } from "./limits/limiter.ts";

/** What became of a request to a service. */
export type UpstreamOutcome = "answered" | "server-error" | "refused" | "timeout" | "reset" | "broken" | "client-gone";

const OUTCOMES: readonly UpstreamOutcome[] = ["answered", "server-error", "refused", "timeout", "reset", "broken", "client-gone"];

/** Metrics of the gateway beside those of every service; all series stand at zero from the start. */
export class GatewayMetrics {
  readonly upstream: Counter<"upstream" | "outcome">;
  readonly retries: Counter<"upstream">;
  readonly rateLimited: Counter<"scope">;
  readonly #registers: Metrics["registry"][];

  constructor(metrics: Metrics, services: readonly string[]) {
    const registers = [metrics.registry];
    this.#registers = registers;
    this.upstream = new Counter({ name: "gateway_upstream_requests_total", help: "Tries to have a service answer.", labelNames: ["upstream", "outcome"], registers });
    this.retries = new Counter({ name: "gateway_retries_total", help: "Tries after the first one.", labelNames: ["upstream"], registers });
    this.rateLimited = new Counter({ name: "gateway_rate_limited_total", help: "Requests over a limit.", labelNames: ["scope"], registers });
    for (const upstream of services) {
      this.retries.inc({ upstream }, 0);
      for (const outcome of OUTCOMES) this.upstream.inc({ upstream, outcome }, 0);
    }
    for (const scope of ["user", "service"]) this.rateLimited.inc({ scope }, 0);
  }

  /** Gauges of what the gateway knows and decides by. */
  watch(context: ServiceContext, services: readonly string[], breakers: Breakers, limiter: Limiter): void {
    const registers = this.#registers;
    new Gauge({
      name: "gateway_breaker_state",
      help: "1 for the state that a service's circuit breaker is in.",
      labelNames: ["upstream", "state"],
      registers,
      collect() {
        for (const upstream of services) {
          const current = breakers.state(upstream);
          for (const state of BREAKER_STATES) this.set({ upstream, state }, state === current ? 1 : 0);
        }
      },
    });
    new Gauge({
      name: "gateway_registry_age_seconds",
      help: "Time since the registry was last read.",
      registers,
      collect() {
        this.set((context.registry.ageMs() ?? 0) / 1000);
      },
    });
    new Gauge({
      name: "gateway_upstream_instances",
      help: "Instances that take requests.",
      labelNames: ["upstream", "upstream_colour"],
      registers,
      collect() {
        for (const upstream of services) {
          const takers = context.registry.takers(upstream);
          this.set({ upstream, upstream_colour: "blue" }, takers.blue.length);
          this.set({ upstream, upstream_colour: "green" }, takers.green.length);
        }
      },
    });
    new Gauge({
      name: "gateway_limiter_local",
      help: "1 while rate limits are counted by this process alone.",
      registers,
      collect() {
        this.set(limiter.isLocal ? 1 : 0);
      },
    });
  }
}
