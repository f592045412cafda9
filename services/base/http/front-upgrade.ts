import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Work } from "../correlation.ts";
import { type Problem, problemHead } from "../problem.ts";

/** A request for a WebSocket. Exactly one of `refuse`, `answered` and `opened` is called for it. */
export class FrontUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent right behind its request. */
  readonly head: Buffer;
  readonly work: Work;
  /** Headers of whatever answer it gets; names in lower case. */
  readonly ownHeaders: Record<string, string>;
  readonly #record: (status: number) => void;

  constructor(parts: Pick<FrontUpgrade, "request" | "socket" | "head" | "work" | "ownHeaders">, record: (status: number) => void) {
    this.request = parts.request;
    this.socket = parts.socket;
    this.head = parts.head;
    this.work = parts.work;
    this.ownHeaders = parts.ownHeaders;
    this.#record = record;
    // Without a listener a reset connection would end the process.
    this.socket.on("error", () => undefined);
  }

  get correlationId(): string {
    return this.work.correlationId;
  }

  /** It became a WebSocket. */
  opened(): void {
    this.#record(101);
  }

  /** It was answered without becoming one. */
  answered(status: number): void {
    this.#record(status);
  }

  /** Answers with a problem and ends the connection. */
  refuse(problem: Problem): void {
    const body = JSON.stringify(problem.body(this.correlationId));
    const headers = { ...this.ownHeaders, ...problemHead(problem), "content-length": Buffer.byteLength(body), connection: "close" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    this.socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
    this.#record(problem.status);
  }
}

/** Only a WebSocket is an upgrade here; whatever else `Upgrade` names is ignored, as HTTP allows. */
export function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}
