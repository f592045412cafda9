import { pino, type Logger } from "pino";
import type { ServedRequestRecord } from "./request-records.ts";

/** Characters of a path that JSON takes as they are; other paths are rare and escaped. */
const PLAIN = /^[\w\-./~%:@!$&'()*+,;=]*$/;

/** Lines are held for this long, so that a busy process writes a few times in a second and not for each request. */
const HOLD_MS = 20;
const MAX_HELD = 65_536;

interface LineStream {
  write(lines: string): unknown;
  flushSync?(): void;
}

/** What is used of a pino logger besides its methods, by pino's own symbols. */
interface Inner {
  readonly [key: symbol]: unknown;
}

/** Every log of this process. They live as long as it does. */
const logs: AccessLog[] = [];

function atExit(log: AccessLog): void {
  // One listener for all: a process of tests has many of them.
  if (logs.push(log) === 1) process.once("exit", () => logs.forEach((each) => each.end()));
}

/**
 * One line for each request, the same as the logger would write. It is put together by hand: a general logger takes six
 * microseconds for it, which is an eighth of a request's whole way through the gateway.
 */
export class AccessLog {
  readonly #log: Logger;
  readonly #bindings: string;
  readonly #time: () => string;
  readonly #stream: LineStream;
  #lines = "";
  /** The time as the last line has it: many lines have the same. */
  #timeText = "";
  #timeMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    const inner = log as unknown as Inner;
    this.#log = log;
    this.#bindings = String(inner[pino.symbols.chindingsSym] ?? "");
    this.#time = inner[pino.symbols.timeSym] as () => string;
    this.#stream = inner[pino.symbols.streamSym] as LineStream;
    atExit(this);
  }

  /** Writes the line, if the logger's level asks for it, together with others of the same moment. */
  write(level: "debug" | "info" | "warn", record: ServedRequestRecord): void {
    if (!this.#log.isLevelEnabled(level)) return;
    this.#lines += this.#line(level, record);
    if (this.#lines.length >= MAX_HELD) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), HOLD_MS).unref();
  }

  /** Hands over what is held. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = "";
    if (lines !== "") this.#stream.write(lines);
  }

  /** Writes what is held, at once. The logger's own clean-up may have run before. */
  end(): void {
    this.flush();
    this.#stream.flushSync?.();
  }

  #now(): string {
    const nowMs = Date.now();
    if (nowMs !== this.#timeMs) [this.#timeMs, this.#timeText] = [nowMs, this.#time()];
    return this.#timeText;
  }

  #line(level: string, { correlationId, work, method, url, route, status, elapsedMs }: ServedRequestRecord): string {
    const query = url.indexOf("?");
    const path = query < 0 ? url : url.slice(0, query);
    const traceId = work?.trace?.traceId;
    return (
      `{"level":"${level}"${this.#now()}${this.#bindings},"correlationId":"${correlationId}"` +
      (traceId === undefined ? "" : `,"traceId":"${traceId}"`) +
      `,"method":"${method}","path":${PLAIN.test(path) ? `"${path}"` : JSON.stringify(path)},"route":"${route}"` +
      `,"status":${status},"durationMs":${Math.round(elapsedMs * 10) / 10},"msg":"request"}\n`
    );
  }
}
