import type { Readable } from "node:stream";
import type { Clock } from "../../base/clock.ts";
import type { Colour } from "../../base/config.ts";
import { Problem } from "../../base/problem.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { Breakers } from "../breaker/breakers.ts";
import { Visit } from "../breaker/visit.ts";
import type { GatewayMetrics, UpstreamOutcome } from "../gateway-metrics.ts";
import { gatewayProblems } from "../problems.ts";
import type { InstanceChooser, Wish } from "../routing/chooser.ts";
import type { InstanceHealth } from "../routing/instance-health.ts";
import type { RetryBudget } from "../routing/retry-budget.ts";
import type { GatewayTuning } from "../tuning.ts";
import type { AnswerCopy } from "./answer-copy.ts";
import { exchange, type ExchangeResult } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import type { InstancePools } from "./pools.ts";
import type { ProxyCall } from "./proxy-call.ts";
import type { RecentAnswers } from "./recent-answers.ts";
import { requestBody } from "./request-body.ts";
import { isIdempotent, isWorthAskingAgain, mayRepeat, problemOf, verdictOf, type Failure } from "./retry-rules.ts";
import { answerStale } from "./stale-answer.ts";
import { endUpstreamSpan, startUpstreamSpan } from "./upstream-span.ts";

/** The end of a request at the gateway: answered (or nobody is left to answer), or what to say, nothing having been sent. */
export type ForwardResult = { readonly kind: "done" } | { readonly kind: "problem"; readonly problem: Problem };

const DONE: ForwardResult = { kind: "done" };

export interface ForwarderParts {
  readonly chooser: InstanceChooser;
  readonly health: InstanceHealth;
  readonly breakers: Breakers;
  /** Of one service. */
  budget(service: string): RetryBudget;
  readonly pools: InstancePools;
  readonly recent: RecentAnswers;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly tuning: GatewayTuning;
}

/** One request on its way to a service. */
interface Journey {
  readonly service: string;
  readonly call: ProxyCall;
  readonly body: Readable | undefined;
  readonly visit: Visit;
  readonly tried: Set<string>;
  readonly copy: AnswerCopy | undefined;
  /** When the caller has to know, on the gateway's clock. */
  readonly endsAtMs: number;
  attempts: number;
}

/** Takes a request to an instance, to another one where that is safe, and answers from memory where nobody can. */
export class Forwarder {
  readonly #parts: ForwarderParts;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
  }

  /** Has a service answer a call; with `colour` only its instances of that colour: an operator's private look. */
  async forward(service: string, call: ProxyCall, colour: Colour | undefined): Promise<ForwardResult> {
    const { breakers, budget, recent, metrics, clock, tuning } = this.#parts;
    const body = requestBody(call.raw, tuning.maxBodyBytes);
    if (body instanceof Problem) return { kind: "problem", problem: body };
    budget(service).request();
    const key = colour === undefined ? recent.keyOf(call) : undefined;
    const copy = key === undefined ? undefined : recent.copy(key);
    const visit = new Visit(breakers, service);
    const endsAtMs = clock.now() + tuning.answerMs;
    try {
      const problem = await this.#travel({ service, call, body, visit, tried: new Set(), copy, endsAtMs, attempts: 0 }, colour);
      if (problem === undefined) return DONE;
      const stale = key === undefined || problem.status < 500 ? undefined : recent.find(key);
      if (stale === undefined) return { kind: "problem", problem };
      metrics.answeredStale(service);
      answerStale(call, stale, problem.code);
      return DONE;
    } finally {
      visit.end();
    }
  }

  /** Tries until somebody answers or nobody else may be asked; undefined where the answer went out. */
  async #travel(journey: Journey, colour: Colour | undefined): Promise<Problem | undefined> {
    const { chooser, breakers, metrics, tuning } = this.#parts;
    const { service, visit, tried } = journey;
    const wish: Wish = { colour, tried, admits: (each) => this.#admits(service, each, visit) };
    let failure: Failure | undefined;
    let granted = true;
    while (journey.attempts < tuning.attempts) {
      if (!granted && !this.#mayRetry(service)) break;
      let choice = chooser.choose(service, wish);
      if (choice === "none" && failure !== undefined && isWorthAskingAgain(failure)) choice = chooser.choose(service, { ...wish, tried: undefined });
      if (choice === "refused" && failure === undefined) {
        metrics.breakerRefused(service);
        return gatewayProblems.circuitOpen(service, breakers.retryAfterSeconds(service));
      }
      if (typeof choice === "string" || !visit.enter(choice.colour)) break;
      if (journey.attempts > 0) metrics.retried(service);
      journey.attempts += 1;
      const result = await this.#attempt(choice, journey);
      if (result.kind !== "failed") return result.kind === "rejected" ? result.problem : undefined;
      failure = result;
      granted = result.granted;
      tried.add(choice.instance);
      if (!granted && !mayRepeat(result, journey.call.method, journey.body, journey.endsAtMs - this.#parts.clock.now())) break;
    }
    return problemOf(service, failure, tuning.answerMs);
  }

  async #attempt(instance: SeenInstance, journey: Journey): Promise<Exclude<ExchangeResult, Failure> | (Failure & { readonly granted: boolean })> {
    const { chooser, health, pools, clock, tuning, metrics } = this.#parts;
    const { service, call, body } = journey;
    const mayAskAgain = body === undefined && journey.attempts < tuning.attempts;
    const mayGoOn = mayAskAgain && isIdempotent(call.method) && chooser.hasAnother(service, instance, journey.tried);
    let granted = false;
    const leftMs = journey.endsAtMs - clock.now();
    const headers = this.#headers(call);
    const span = startUpstreamSpan(call, { service, instance, attempt: journey.attempts }, headers);
    const result = await exchange(pools.of(instance), { method: call.method, path: call.url, headers, body }, call, {
      answerMs: Math.max(1, mayGoOn ? Math.min(leftMs, tuning.balance.firstTryMs) : leftMs),
      stallMs: tuning.bodyPauseMs,
      // An instance that cannot take it, since it has just been started or lost its stores, may not be the only one.
      declines: (status, isUntouched) => (isUntouched ? mayAskAgain : status === 503 && mayGoOn && (granted = this.#mayRetry(service))),
      copy: journey.copy,
    });
    endUpstreamSpan(span, result);
    metrics.tried(service, instance.colour, outcomeOf(result));
    const peers = chooser.peers(service, instance.colour);
    if (result.kind === "answered" && result.status < 500) health.succeeded(instance);
    else if (result.kind === "answered") health.failed(instance, result.isUntouched ? "refused" : "server-error", peers);
    else if (result.kind === "failed") health.failed(instance, result.reason, peers);
    const isOneOfSeveral = health.isOut(instance) && peers.some((peer) => !health.isOut(peer));
    journey.visit.note(instance.colour, verdictOf(result, isOneOfSeveral));
    return result.kind === "failed" ? { ...result, granted } : result;
  }

  #mayRetry(service: string): boolean {
    const isGranted = this.#parts.budget(service).take();
    if (!isGranted) this.#parts.metrics.retryRefused(service);
    return isGranted;
  }

  /** An open circuit tries at once when an instance has come that it could not know of. */
  #admits(service: string, colour: Colour, visit: Visit): boolean {
    const { breakers, chooser, health } = this.#parts;
    const circuit = breakers.of(service, colour);
    if (circuit.state === "open") {
      const isNew = (instance: SeenInstance): boolean => Math.max(instance.seenSinceMs, health.backSinceMs(instance)) > circuit.openedAtMs;
      if (chooser.peers(service, colour).some(isNew)) circuit.tryNow();
    }
    return visit.mayEnter(colour);
  }

  #headers(call: ProxyCall): Record<string, string | string[]> {
    return requestHeaders(call.headers, {
      correlationId: call.correlationId,
      clientAddress: call.raw.socket.remoteAddress ?? "unknown",
      host: call.headers.host,
      protocol: call.protocol,
    });
  }
}

function outcomeOf(result: ExchangeResult): UpstreamOutcome {
  if (result.kind === "answered") return result.status < 500 ? "answered" : "server-error";
  if (result.kind === "failed") return result.reason === "unanswered" ? "refused" : result.reason;
  return result.kind === "rejected" ? "client-gone" : result.kind;
}
