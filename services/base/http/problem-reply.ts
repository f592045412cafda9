import type { FastifyInstance, FastifyReply } from "fastify";
import { Problem, problemHead } from "../problem.ts";
import { noteError } from "../tracing/http-span.ts";
import type { AllowedMethods } from "./allowed-methods.ts";
import { problemOf } from "./errors.ts";

/** Sends a problem as the answer. */
export function replyProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problemHead(problem))
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem.body(reply.request.id));
}

/** Makes every error of an app, unknown paths and wrong methods included, one problem document. */
export function answerProblems(app: FastifyInstance, allowed: AllowedMethods): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      noteError(request.work, problem.cause ?? error);
      const level = problem.status === 500 ? "error" : "warn";
      request.log[level]({ err: problem.cause ?? error, code: problem.code, correlationId: request.id }, problem.message);
    }
    return replyProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    const methods = allowed.of(path);
    if (methods.length === 0) {
      return replyProblem(reply, new Problem({ status: 404, code: "not-found", title: "Nothing is here", detail: `No route ${path}.` }));
    }
    reply.header("allow", methods.join(", "));
    return replyProblem(
      reply,
      new Problem({
        status: 405,
        code: "method-not-allowed",
        title: "This path does not take this method",
        detail: `${path} takes ${methods.join(", ")} (got ${request.method}).`,
      }),
    );
  });
}
