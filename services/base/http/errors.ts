import type { ErrorObject } from "ajv";
import type { FastifyError } from "fastify";
import { Problem } from "../problem.ts";
import { fieldErrors } from "./validation.ts";

/** Errors of a connection to a store: nothing is wrong with the request, it may come again. */
const STORE_AWAY = new Set(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "deadline-exceeded"]);
const REDIS_AWAY = /Command timed out|Connection is closed|enableOfflineQueue|max retries per request/i;

const KNOWN: Readonly<Record<string, readonly [code: string, title: string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ["malformed-body", "The body is not JSON"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["malformed-body", "The body is empty"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["malformed-body", "The body is not as long as announced"],
  FST_ERR_CTP_BODY_TOO_LARGE: ["body-too-large", "The body is too large"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported-media-type", "This kind of body is not taken"],
};

/** The problem that a caller is told for any error. What is not known is a 500 that says nothing of our insides. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return internal(error);
  const fastify = error as Partial<FastifyError> & Error;
  if (fastify.validation) {
    const part = fastify.validationContext === "querystring" ? "query" : (fastify.validationContext ?? "body");
    return new Problem({
      status: 400,
      code: "validation-failed",
      title: "The request is not valid",
      errors: fieldErrors(fastify.validation as ErrorObject[], part),
      cause: error,
    });
  }
  const known = fastify.code === undefined ? undefined : KNOWN[fastify.code];
  const status = fastify.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    const [code, title] = known ?? ["bad-request", "The request is not valid"];
    return new Problem({ status, code, title, detail: error.message, cause: error });
  }
  if (isStoreAway(error)) {
    return new Problem({ status: 503, code: "dependency-unavailable", title: "A store is not reachable now", retryAfterSeconds: 1, cause: error });
  }
  return internal(error);
}

function isStoreAway(error: Error): boolean {
  const code = "code" in error ? error.code : undefined;
  return (typeof code === "string" && STORE_AWAY.has(code)) || REDIS_AWAY.test(error.message);
}

function internal(cause: unknown): Problem {
  return new Problem({
    status: 500,
    code: "internal-error",
    title: "Something went wrong on our side",
    detail: "It is in the log under this correlation id.",
    cause,
  });
}
