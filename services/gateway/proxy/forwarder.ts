import type { Readable } from "node:stream";
import type { Colour } from "../../base/config.ts";
import { Problem } from "../../base/problem.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { GatewayMetrics, UpstreamOutcome } from "../gateway-metrics.ts";
import { gatewayProblems } from "../problems.ts";
import type { InstanceChooser } from "../routing/chooser.ts";
import type { Suspects } from "../routing/suspects.ts";
import type { GatewayTuning } from "../tuning.ts";
import { exchange, type ExchangeResult } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import type { InstancePools } from "./pools.ts";
import type { ProxyCall } from "./proxy-call.ts";
import { requestBody } from "./request-body.ts";

/** Repeating them does no harm (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);

/** The end of a request at the gateway. */
export type ForwardResult =
  /** It has been answered, or there is nobody left to answer. `healthy`: the service did its part. */
  | { readonly kind: "done"; readonly healthy: boolean }
  /** Nothing has reached the caller; this is what to say. `counts`: the service is to blame. */
  | { readonly kind: "problem"; readonly problem: Problem; readonly counts: boolean };

export interface ForwarderParts {
  readonly chooser: InstanceChooser;
  readonly suspects: Suspects;
  readonly pools: InstancePools;
  readonly metrics: GatewayMetrics;
  readonly tuning: GatewayTuning;
}

type Failure = Extract<ExchangeResult, { kind: "failed" }>;

/** Takes a request to an instance, and to another one where that is safe. */
export class Forwarder {
  readonly #parts: ForwarderParts;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
  }

  async forward(service: string, call: ProxyCall, colour: Colour | undefined): Promise<ForwardResult> {
    const { chooser, suspects, metrics, tuning } = this.#parts;
    const body = requestBody(call.raw, tuning.maxBodyBytes);
    if (body instanceof Problem) return { kind: "problem", problem: body, counts: false };
    const tried = new Set<string>();
    let failure: Failure | undefined;
    for (let attempt = 1; attempt <= tuning.attempts; attempt += 1) {
      const instance = chooser.choose(service, { colour, tried }) ?? (isWorthAsking(failure) ? chooser.choose(service, { colour }) : undefined);
      if (instance === undefined) break;
      if (attempt > 1) metrics.retries.inc({ upstream: service });
      const result = await this.#attempt(instance, call, body);
      metrics.tried(service, instance.colour, outcomeOf(result));
      if (result.kind !== "failed") {
        if (result.kind === "answered") suspects.clear(instance.instance);
        return settled(result);
      }
      failure = result;
      tried.add(instance.instance);
      if (result.reason !== "timeout") suspects.mark(instance.instance);
      if (!mayRepeat(result, call.method, body)) break;
    }
    return { kind: "problem", ...this.#problem(service, failure) };
  }

  #attempt(instance: SeenInstance, call: ProxyCall, body: Readable | undefined): Promise<ExchangeResult> {
    const headers = requestHeaders(call.headers, {
      correlationId: call.correlationId,
      clientAddress: call.raw.socket.remoteAddress ?? "unknown",
      host: call.headers.host,
      protocol: call.protocol,
    });
    const { pools, tuning } = this.#parts;
    return exchange(pools.of(instance), { method: call.method, path: call.url, headers, body }, call, tuning.answerMs);
  }

  #problem(service: string, failure: Failure | undefined): { readonly problem: Problem; readonly counts: boolean } {
    if (failure === undefined) return { problem: gatewayProblems.serviceUnavailable(service, "no instance is running"), counts: false };
    if (failure.reason === "timeout") return { problem: gatewayProblems.upstreamTimeout(service, this.#parts.tuning.answerMs), counts: true };
    if (!failure.sent) return { problem: gatewayProblems.serviceUnavailable(service, "no instance took the connection", failure.error), counts: true };
    return { problem: gatewayProblems.upstreamFailed(service, failure.error), counts: true };
  }
}

/**
 * Where nobody else is left, the same instance may still answer: it ended an idle connection just as we used it, or was
 * too busy to accept in time. One that refused is not there.
 */
function isWorthAsking(failure: Failure | undefined): boolean {
  if (failure === undefined) return false;
  return failure.reason === "reset" || ("code" in failure.error && failure.error.code === "UND_ERR_CONNECT_TIMEOUT");
}

/** Safe to ask again: it was never sent, or repeating does no harm and the body is not used up. Time that is gone stays gone. */
function mayRepeat(failure: Failure, method: string, body: Readable | undefined): boolean {
  if (failure.reason === "timeout") return false;
  if (!failure.sent) return body === undefined || !body.destroyed;
  return IDEMPOTENT.has(method) && body === undefined;
}

function settled(result: Exclude<ExchangeResult, Failure>): ForwardResult {
  if (result.kind === "rejected") return { kind: "problem", problem: result.problem, counts: false };
  if (result.kind === "answered") return { kind: "done", healthy: result.status < 500 };
  return { kind: "done", healthy: result.kind === "client-gone" };
}

function outcomeOf(result: ExchangeResult): UpstreamOutcome {
  if (result.kind === "answered") return result.status < 500 ? "answered" : "server-error";
  if (result.kind === "failed") return result.reason;
  return result.kind === "rejected" ? "client-gone" : result.kind;
}
