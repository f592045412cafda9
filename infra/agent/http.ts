import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What one path does; the agent's later duties add theirs. */
export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly answer: (request: IncomingMessage) => Promise<Answer> | Answer;
}

const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";

export function jsonAnswer(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(body) };
}

function problem(status: number, code: string, title: string): Answer {
  return { status, type: PROBLEM_TYPE, body: JSON.stringify({ type: "about:blank", title, status, code }) };
}

async function answerOf(routes: readonly Route[], request: IncomingMessage): Promise<Answer> {
  const path = request.url?.split("?", 1)[0];
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) return problem(404, "not-found", "There is nothing here");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = here.find((candidate) => candidate.method === method);
  return route ? await route.answer(request) : problem(405, "method-not-allowed", `This takes ${here.map((r) => r.method).join(", ")}`);
}

/**
 * A plain HTTP server for a few routes. `onError` gets what a route threw; its caller gets 500.
 */
export function httpServer(routes: readonly Route[], onError: (error: unknown) => void): Server {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await answerOf(routes, request).catch((error: unknown) => {
      onError(error);
      return problem(500, "internal-error", "The agent failed; its log says how");
    });
    response.writeHead(answer.status, { "content-type": answer.type, "content-length": Buffer.byteLength(answer.body) });
    response.end(request.method === "HEAD" ? "" : answer.body);
  };
  const server = createServer((request, response) => void respond(request, response));
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  return server;
}
