import type { Colour } from "../../base/config.ts";
import { Problem } from "../../base/problem.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { Breakers } from "../breaker/breakers.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { InstanceChooser } from "../routing/chooser.ts";
import type { FailureKind, InstanceHealth } from "../routing/instance-health.ts";
import type { RetryBudget } from "../routing/retry-budget.ts";
import type { GatewayTuning } from "../tuning.ts";
import { Deadlines } from "../upstream/deadlines.ts";
import type { Exchange } from "./exchange.ts";
import { Journey } from "./journey.ts";
import type { InstancePools } from "./pools.ts";
import type { ProxyCall } from "./proxy-call.ts";
import type { RecentAnswers } from "./recent-answers.ts";
import { requestBody } from "./request-body.ts";

export interface ForwarderParts {
  readonly chooser: InstanceChooser;
  readonly health: InstanceHealth;
  readonly breakers: Breakers;
  /** Of one service. */
  budget(service: string): RetryBudget;
  readonly pools: InstancePools;
  readonly recent: RecentAnswers;
  readonly metrics: GatewayMetrics;
  readonly tuning: GatewayTuning;
}

/** Who is taken out for these does not answer what it has; for the others it may well do so. */
const SILENT: ReadonlySet<FailureKind> = new Set(["timeout", "refused", "unanswered"]);

/** Takes requests to an instance, to another one where that is safe, and answers from memory where nobody can. */
export class Forwarder {
  readonly #parts: ForwarderParts;
  readonly #deadlines = new Deadlines<Exchange>();

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
  }

  /**
   * Has a service answer a call; with `colour` only its instances of that colour: an operator's private look. `done` is
   * called once: without a problem where the answer went out (or nobody is left to hear it), else with what to say,
   * nothing having been sent.
   */
  forward(service: string, call: ProxyCall, colour: Colour | undefined, done: (problem: Problem | undefined) => void): void {
    const { budget, recent, tuning } = this.#parts;
    const body = requestBody(call.raw, tuning.maxBodyBytes);
    if (body instanceof Problem) return done(body);
    budget(service).request();
    const key = colour === undefined ? recent.keyOf(call) : undefined;
    new Journey(this.#parts, this.#deadlines, { service, call, body, colour, key, done }).begin();
  }

  /** An instance was taken out: whoever waits for it and may be answered by another one does not wait any longer. */
  takenOut(instance: SeenInstance, kind: FailureKind): void {
    if (!SILENT.has(kind)) return;
    for (const exchange of this.#deadlines.all()) {
      if (exchange.isUnanswered && exchange.owner instanceof Journey && exchange.owner.mayLeave(instance)) exchange.leave();
    }
  }

  /** Nothing expires any more. */
  stop(): void {
    this.#deadlines.stop();
  }
}
