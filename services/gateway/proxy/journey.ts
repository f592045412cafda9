import type { Readable } from "node:stream";
import type { Colour } from "../../base/config.ts";
import type { Problem } from "../../base/problem.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { Recording } from "../../base/tracing/trace.ts";
import { Visit } from "../breaker/visit.ts";
import type { UpstreamOutcome } from "../gateway-metrics.ts";
import { gatewayProblems } from "../problems.ts";
import type { Wish } from "../routing/chooser.ts";
import type { Deadlines } from "../upstream/deadlines.ts";
import type { AnswerCopy } from "./answer-copy.ts";
import { sendBody } from "./body-request.ts";
import { Exchange, type ExchangeOwner, type ExchangeResult } from "./exchange.ts";
import type { ForwarderParts } from "./forwarder.ts";
import { type Forwarded, requestHead, requestHeaders } from "./headers.ts";
import type { ProxyCall } from "./proxy-call.ts";
import { isIdempotent, isWorthAskingAgain, mayRepeat, problemOf, verdictOf, type Failure } from "./retry-rules.ts";
import { answerStale } from "./stale-answer.ts";
import { endUpstreamSpan, startUpstreamSpan, traceHeaders } from "./upstream-span.ts";

/** What is asked of a journey. */
export interface Errand {
  readonly service: string;
  readonly call: ProxyCall;
  readonly body: Readable | undefined;
  /** Only this colour. */
  readonly colour: Colour | undefined;
  /** What the answer is remembered under; undefined: it is not. */
  readonly key: string | undefined;
  /** See `Forwarder.forward`. */
  readonly done: (problem: Problem | undefined) => void;
}

const NOBODY: ReadonlySet<string> = new Set();

/**
 * One request on its way to a service: it tries until somebody answers or nobody else may be asked. Without promises, since
 * a request that is answered at once, as most are, would pay for four of them.
 */
export class Journey implements Wish, ExchangeOwner {
  readonly colour: Colour | undefined;
  readonly #parts: ForwarderParts;
  readonly #deadlines: Deadlines<Exchange>;
  readonly #errand: Errand;
  readonly #visit: Visit;
  readonly #copy: AnswerCopy | undefined;
  /** When the caller has to know, in ms of `performance.now()`. */
  readonly #endsAtMs: number;
  #tried: Set<string> | undefined;
  #attempts = 0;
  #failure: Failure | undefined;
  /** The retry that comes next has been paid for. */
  #granted = true;
  // Of the try that is under way.
  #instance: SeenInstance | undefined;
  #span: Recording | undefined;
  #mayAskAgain = false;
  #mayGoOn = false;

  constructor(parts: ForwarderParts, deadlines: Deadlines<Exchange>, errand: Errand) {
    this.#parts = parts;
    this.#deadlines = deadlines;
    this.#errand = errand;
    this.colour = errand.colour;
    this.#visit = new Visit(parts.breakers, errand.service);
    this.#copy = errand.key === undefined ? undefined : parts.recent.copy(errand.key);
    this.#endsAtMs = performance.now() + parts.tuning.answerMs;
  }

  /** Instances that were tried; see `Wish`. */
  get tried(): ReadonlySet<string> {
    return this.#tried ?? NOBODY;
  }

  begin(): void {
    this.#next();
  }

  /** An open circuit tries at once when an instance has come that it could not know of. */
  admits(colour: Colour): boolean {
    const { breakers, chooser, health } = this.#parts;
    const circuit = breakers.of(this.#errand.service, colour);
    if (circuit.state === "open") {
      const isNew = (instance: SeenInstance): boolean => Math.max(instance.seenSinceMs, health.backSinceMs(instance)) > circuit.openedAtMs;
      if (chooser.peers(this.#errand.service, colour).some(isNew)) circuit.tryNow();
    }
    return this.#visit.mayEnter(colour);
  }

  declines(status: number, isUntouched: boolean): boolean {
    // An instance that cannot take it, since it has just been started or lost its stores, may not be the only one.
    if (isUntouched) return this.#mayAskAgain;
    return status === 503 && this.#mayGoOn && (this.#granted = this.#mayRetry());
  }

  /** Whether a request that waits for this instance goes to another one instead; then the retry is paid for. */
  mayLeave(instance: SeenInstance): boolean {
    if (this.#instance?.instance !== instance.instance || this.#errand.body !== undefined || this.#attempts >= this.#parts.tuning.attempts) return false;
    if (!isIdempotent(this.#errand.call.method) || !this.#parts.chooser.hasAnother(this.#errand.service, instance, this.tried)) return false;
    return (this.#granted = this.#mayRetry());
  }

  ended(result: ExchangeResult): void {
    const { chooser, health, metrics } = this.#parts;
    const { service, call, body } = this.#errand;
    const instance = this.#instance as SeenInstance;
    endUpstreamSpan(this.#span, result);
    metrics.tried(service, instance.colour, outcomeOf(result));
    const peers = chooser.peers(service, instance.colour);
    if (result.kind === "answered" && result.status < 500) health.succeeded(instance);
    else if (result.kind === "answered") health.failed(instance, result.isUntouched === true ? "refused" : "server-error", peers);
    else if (result.kind === "failed") health.failed(instance, result.reason, peers);
    const isOneOfSeveral = health.isOut(instance) && peers.some((peer) => !health.isOut(peer));
    this.#visit.note(instance.colour, verdictOf(result, isOneOfSeveral));
    if (result.kind !== "failed") return this.#arrived(result.kind === "rejected" ? result.problem : undefined);
    this.#failure = result;
    (this.#tried ??= new Set()).add(instance.instance);
    if (!this.#granted && !mayRepeat(result, call.method, body, this.#endsAtMs - performance.now())) this.#nobody();
    else this.#next();
  }

  /** Makes the next try, if there may be one. */
  #next(): void {
    const { chooser, breakers, metrics, tuning } = this.#parts;
    const { service } = this.#errand;
    if (this.#attempts >= tuning.attempts || (!this.#granted && !this.#mayRetry())) return this.#nobody();
    this.#granted = false;
    let choice = chooser.choose(service, this);
    if (choice === "none" && this.#failure !== undefined && isWorthAskingAgain(this.#failure)) {
      choice = chooser.choose(service, { colour: this.colour, admits: (colour) => this.admits(colour) });
    }
    if (choice === "refused" && this.#failure === undefined) {
      metrics.breakerRefused(service);
      return this.#arrived(gatewayProblems.circuitOpen(service, breakers.retryAfterSeconds(service)));
    }
    if (typeof choice === "string" || !this.#visit.enter(choice.colour)) return this.#nobody();
    if (this.#attempts > 0) metrics.retried(service);
    this.#attempts += 1;
    this.#ask(choice);
  }

  #ask(instance: SeenInstance): void {
    const { chooser, pools, tuning } = this.#parts;
    const { service, call, body } = this.#errand;
    this.#instance = instance;
    this.#mayAskAgain = body === undefined && this.#attempts < tuning.attempts;
    this.#mayGoOn = this.#mayAskAgain && isIdempotent(call.method) && chooser.hasAnother(service, instance, this.tried);
    // Without the object that it takes, where nothing is recorded.
    this.#span = call.trace?.recording === undefined ? undefined : startUpstreamSpan(call, { service, instance, attempt: this.#attempts });
    const forwarded = this.#forwarded();
    const exchange = new Exchange(call, this, {
      head: body === undefined ? requestHead(call.method, call.url, call.headers, forwarded) : "",
      answerByMs: this.#mayGoOn ? Math.min(this.#endsAtMs, performance.now() + tuning.balance.firstTryMs) : this.#endsAtMs,
      pauseMs: tuning.bodyPauseMs,
      copy: this.#copy,
      takeBack: (unsent) => pools.takeBack(instance, unsent),
      deadlines: this.#deadlines,
    });
    if (body === undefined) pools.of(instance).ask(exchange);
    else sendBody(pools.forBodies(instance), { method: call.method, path: call.url, headers: requestHeaders(call.headers, forwarded), body }, exchange);
  }

  #forwarded(): Forwarded {
    const { call } = this.#errand;
    const { traceparent, isNewTrace } = traceHeaders(call, this.#span);
    const clientAddress = call.raw.socket.remoteAddress ?? "unknown";
    return { correlationId: call.correlationId, traceparent, isNewTrace, clientAddress, host: call.headers.host, protocol: "http" };
  }

  #mayRetry(): boolean {
    const { service } = this.#errand;
    const isGranted = this.#parts.budget(service).take();
    if (!isGranted) this.#parts.metrics.retryRefused(service);
    return isGranted;
  }

  #nobody(): void {
    this.#arrived(problemOf(this.#errand.service, this.#failure, this.#parts.tuning.answerMs));
  }

  /** The end: the answer is out, an earlier one stands in for it, or there is a problem to tell. */
  #arrived(problem: Problem | undefined): void {
    const { service, call, key, done } = this.#errand;
    this.#visit.end();
    const stale = problem === undefined || key === undefined || problem.status < 500 ? undefined : this.#parts.recent.find(key);
    if (problem === undefined || stale === undefined) return done(problem);
    this.#parts.metrics.answeredStale(service);
    answerStale(call, stale, problem.code);
    done(undefined);
  }
}

function outcomeOf(result: ExchangeResult): UpstreamOutcome {
  if (result.kind === "answered") return result.status < 500 ? "answered" : "server-error";
  if (result.kind === "failed") return result.reason === "unanswered" ? "refused" : result.reason;
  return result.kind === "rejected" ? "client-gone" : result.kind;
}
