import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { jsonAnswer, type Answer, type Route } from "../http.ts";
import { rollbackCalls, type RollbackCall } from "./alert-message.ts";
import type { RollbackResult } from "./automatic-rollback.ts";

/** Alertmanager groups alerts by name and workload: its messages are small. */
const MOST_BYTES = 256 * 1024;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function isAllowed(request: IncomingMessage, token: string): boolean {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

/** Undefined: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = chunk as Buffer;
    bytes += part.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `POST /alerts`: Alertmanager's webhook, with a bearer token that only it has. */
export function alertsRoute(token: string, handle: (call: RollbackCall) => Promise<RollbackResult>): Route {
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (!isAllowed(request, token)) return jsonAnswer(401, { code: "unauthorised", title: "This takes the Alertmanager's token" });
    const body = await bodyOf(request);
    if (body === undefined) return jsonAnswer(413, { code: "too-large", title: `This takes ${MOST_BYTES} bytes at most` });
    let calls: readonly RollbackCall[];
    try {
      calls = rollbackCalls(body);
    } catch {
      return jsonAnswer(400, { code: "bad-request", title: "This takes an Alertmanager's message as JSON" });
    }
    const results: (RollbackCall & RollbackResult)[] = [];
    // One after the other: after the first rollback the others of the same message find nothing left to take back.
    for (const call of calls) results.push({ ...call, ...(await handle(call)) });
    return jsonAnswer(200, { results });
  };
  return { method: "POST", path: "/alerts", answer };
}
