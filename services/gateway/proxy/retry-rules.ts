import type { Readable } from "node:stream";
import type { Problem } from "../../base/problem.ts";
import type { Verdict } from "../breaker/circuit.ts";
import { gatewayProblems } from "../problems.ts";
import type { ExchangeResult } from "./exchange.ts";

export type Failure = Extract<ExchangeResult, { kind: "failed" }>;

/** Repeating them does no harm (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/**
 * Where nobody else is left, the same instance may still answer: it ended an idle connection just as we used it, or was
 * too busy to accept in time. One that refused is not there, and one that was too slow stays so.
 */
export function isWorthAskingAgain(failure: Failure): boolean {
  return failure.reason === "reset" || failure.reason === "unanswered";
}

/** Safe to ask again: it was never sent, or repeating does no harm and the body is not used up; and `leftMs` says that there is time. */
export function mayRepeat(failure: Failure, method: string, body: Readable | undefined, leftMs: number): boolean {
  if (leftMs <= 0) return false;
  if (!failure.sent) return failure.reason !== "timeout" && (body === undefined || !body.destroyed);
  return isIdempotent(method) && body === undefined;
}

/**
 * What a try says of the circuit. `isOneOfSeveral`: the instance has been taken out and others serve, so it is the one
 * that is ill and not the service.
 */
export function verdictOf(result: ExchangeResult, isOneOfSeveral: boolean): Verdict {
  if (result.kind === "client-gone" || result.kind === "rejected") return "nothing";
  if (result.kind === "answered" && result.status < 500) return "good";
  return isOneOfSeveral ? "nothing" : "bad";
}

/** What a caller is told whom nobody could answer. `failure`: the last try; absent where there was nobody to try. */
export function problemOf(service: string, failure: Failure | undefined, answerMs: number): Problem {
  if (failure === undefined) return gatewayProblems.serviceUnavailable(service, "no instance is running");
  if (failure.reason === "timeout") return gatewayProblems.upstreamTimeout(service, answerMs);
  if (failure.reason === "server-error") return gatewayProblems.serviceUnavailable(service, "no instance could take the request", failure.error);
  if (!failure.sent) return gatewayProblems.serviceUnavailable(service, "no instance took the connection", failure.error);
  return gatewayProblems.upstreamFailed(service, failure.error);
}
