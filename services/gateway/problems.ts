import { Problem } from "../base/problem.ts";

/** Problems that the gateway itself tells of: a caller can tell who refused and why. */
export const gatewayProblems = {
  circuitOpen: (service: string, retryAfterSeconds: number): Problem =>
    new Problem({
      status: 503,
      code: "circuit-open",
      title: "The service is paused after repeated failures",
      detail: `Requests to ${service} are not passed on for now, so that it can recover.`,
      retryAfterSeconds,
    }),
  serviceUnavailable: (service: string, detail: string, cause?: unknown): Problem =>
    new Problem({ status: 503, code: "service-unavailable", title: "The service cannot be reached", detail: `${service}: ${detail}.`, retryAfterSeconds: 2, cause }),
  upstreamTimeout: (service: string, ms: number): Problem =>
    new Problem({
      status: 504,
      code: "upstream-timeout",
      title: "The service did not answer in time",
      detail: `${service} did not answer within ${ms / 1000} s. Whether it did the work is not known.`,
      retryAfterSeconds: 2,
    }),
  upstreamFailed: (service: string, cause?: unknown): Problem =>
    new Problem({
      status: 502,
      code: "upstream-failed",
      title: "The service broke the connection",
      detail: `${service} ended the connection before its answer. Whether it did the work is not known.`,
      retryAfterSeconds: 2,
      cause,
    }),
  rateLimited: (scope: "user" | "service", limit: number, retryAfterSeconds: number): Problem =>
    new Problem({
      status: 429,
      code: "rate-limited",
      title: "Too many requests",
      detail: scope === "user" ? `A user may make ${limit} requests a minute.` : `This service takes ${limit} requests a minute from all callers together.`,
      retryAfterSeconds,
    }),
  bodyTooLarge: (maxBytes: number): Problem =>
    new Problem({ status: 413, code: "body-too-large", title: "The body is too large", detail: `A body may have ${maxBytes} bytes.` }),
  operatorRequired: (): Problem =>
    new Problem({ status: 403, code: "operator-required", title: "Only an operator may choose a colour", detail: "Send the operator's token in X-Astra-Operator-Token." }),
  wrongColour: (): Problem =>
    new Problem({
      status: 400,
      code: "validation-failed",
      title: "The request is not valid",
      errors: [{ path: "/headers/x-astra-colour", message: "takes blue or green" }],
    }),
};
