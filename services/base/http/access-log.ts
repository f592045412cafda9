import { pino, type Logger } from "pino";
import type { ServedRequestRecord } from "./request-records.ts";

/** Characters of a path that JSON takes as they are; other paths are rare and escaped. */
const PLAIN = /^[\w\-./~%:@!$&'()*+,;=]*$/;

const MAX_HELD_BYTES = 65_536;
/** UTF-8 takes at most so many bytes for one of JavaScript's characters. */
const BYTES_A_CHARACTER = 3;

interface LineStream {
  write(lines: string): unknown;
  flushSync?(): void;
}

/** What is used of a pino logger besides its methods, by pino's own symbols. */
interface Inner {
  readonly [key: symbol]: unknown;
}

/**
 * One line for each request, the same as the logger would write. It is put together by hand: a general logger takes six
 * microseconds for it, which is an eighth of a request's whole way through the gateway.
 */
export class AccessLog {
  readonly #log: Logger;
  readonly #bindings: string;
  readonly #stream: LineStream;
  /** Lines as bytes: together they are one bounded write, and none is kept as the tree of its parts that a text is until then. */
  readonly #held = Buffer.allocUnsafeSlow(MAX_HELD_BYTES);
  #heldBytes = 0;
  /** The time as the last line has it: many lines have the same. */
  #timeText = "";
  #timeMs = 0;

  constructor(log: Logger) {
    const inner = log as unknown as Inner;
    this.#log = log;
    this.#bindings = String(inner[pino.symbols.chindingsSym] ?? "");
    this.#stream = inner[pino.symbols.streamSym] as LineStream;
  }

  /** Adds a line, if the logger's level asks for it, to those that the next `flush` hands over. `atMs`: the request's end, ms since 1970. */
  write(level: "debug" | "info" | "warn", record: ServedRequestRecord, atMs: number): void {
    if (!this.#log.isLevelEnabled(level)) return;
    const line = this.#line(level, record, atMs);
    const maxBytes = line.length * BYTES_A_CHARACTER;
    if (maxBytes > MAX_HELD_BYTES - this.#heldBytes) this.flush();
    if (maxBytes > MAX_HELD_BYTES) this.#stream.write(line);
    else this.#heldBytes += this.#held.write(line, this.#heldBytes);
  }

  /** Hands over what is held. */
  flush(): void {
    const bytes = this.#heldBytes;
    this.#heldBytes = 0;
    if (bytes > 0) this.#stream.write(this.#held.toString("utf8", 0, bytes));
  }

  /** Writes what is held, at once. The logger's own clean-up may have run before. */
  end(): void {
    this.flush();
    this.#stream.flushSync?.();
  }

  #time(atMs: number): string {
    if (atMs !== this.#timeMs) [this.#timeMs, this.#timeText] = [atMs, `,"time":"${new Date(atMs).toISOString()}"`];
    return this.#timeText;
  }

  #line(level: string, { correlationId, work, method, url, route, status, elapsedMs }: ServedRequestRecord, atMs: number): string {
    const query = url.indexOf("?");
    const path = query < 0 ? url : url.slice(0, query);
    const traceId = work?.trace?.traceId;
    return (
      `{"level":"${level}"${this.#time(atMs)}${this.#bindings},"correlationId":"${correlationId}"` +
      (traceId === undefined ? "" : `,"traceId":"${traceId}"`) +
      `,"method":"${method}","path":${PLAIN.test(path) ? `"${path}"` : JSON.stringify(path)},"route":"${route}"` +
      `,"status":${status},"durationMs":${Math.round(elapsedMs * 10) / 10},"msg":"request"}\n`
    );
  }
}
