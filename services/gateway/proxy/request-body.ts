import type { IncomingMessage } from "node:http";
import { Transform, type Readable } from "node:stream";
import type { Problem } from "../../base/problem.ts";
import { gatewayProblems } from "../problems.ts";

/**
 * The body of a request as a stream, undefined where it has none, or problem `body-too-large` (413) where it announces
 * too much. One that announces nothing fails with that problem when it gets there.
 */
export function requestBody(request: IncomingMessage, maxBytes: number): Readable | Problem | undefined {
  const length = request.headers["content-length"];
  if (length !== undefined) {
    if (Number(length) > maxBytes) return gatewayProblems.bodyTooLarge(maxBytes);
    return length === "0" ? undefined : request;
  }
  if (request.headers["transfer-encoding"] === undefined) return undefined;
  let seen = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes) done(gatewayProblems.bodyTooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  request.on("error", (error) => counted.destroy(error));
  return request.pipe(counted);
}
