import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { correlationIdOf } from "../correlation.ts";
import { PROBLEM_CONTENT_TYPE, Problem } from "../problem.ts";

const STATUS_TEXT: Readonly<Record<number, string>> = { 400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large" };

/** Answers a request that never became one: too slow, too long, not HTTP. The connection ends with it. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const earlier = (socket as Socket & { readonly _httpMessage?: ServerResponse | null })._httpMessage;
  if (earlier?.req.complete === true && !earlier.writableEnded) {
    // It came behind a good request on the same connection, whose answer must not be taken for this one's.
    earlier.once("finish", () => answerClientError(error, socket));
    return;
  }
  const problem = clientProblem(error.code);
  const id = correlationIdOf(undefined);
  const body = JSON.stringify(problem.body(id));
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_TEXT[problem.status]}\r\nContent-Type: ${PROBLEM_CONTENT_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Correlation-ID: ${id}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function clientProblem(code: string | undefined): Problem {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new Problem({ status: 408, code: "request-timeout", title: "The request took too long to arrive" });
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Problem({ status: 431, code: "headers-too-large", title: "The headers are too large" });
  }
  return malformedRequest();
}

export function malformedRequest(detail?: string): Problem {
  return new Problem({ status: 400, code: "malformed-request", title: "This is not a well-formed HTTP request", detail });
}
