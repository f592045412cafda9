import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { UNTOUCHED_HEADER } from "../../base/http/untouched.ts";
import { Problem } from "../../base/problem.ts";
import type { FailureKind } from "../routing/instance-health.ts";
import type { AnswerCopy } from "./answer-copy.ts";
import { responseHeaders } from "./headers.ts";
import type { ProxyCall } from "./proxy-call.ts";

/** What became of one try. Only after `failed` may somebody else still answer: nothing has reached the caller. */
export type ExchangeResult =
  /** `isUntouched`: the instance did nothing with it, since it has not finished starting. */
  | { readonly kind: "answered"; readonly status: number; readonly isUntouched?: boolean }
  | { readonly kind: "failed"; readonly reason: FailureKind; readonly sent: boolean; readonly error: Error }
  /** The caller's own request was at fault. */
  | { readonly kind: "rejected"; readonly problem: Problem }
  /** The answer broke off after its head had been passed on: the caller's connection was cut. */
  | { readonly kind: "broken"; readonly error: Error }
  | { readonly kind: "client-gone" };

export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Readable | undefined;
}

export interface ExchangeOptions {
  /** Longest wait for the head of the answer. */
  readonly answerMs: number;
  /** Longest time in which the caller takes nothing of an answer. */
  readonly stallMs: number;
  /** Whether an answer is not passed on, since another instance will be asked. */
  readonly declines: (status: number, isUntouched: boolean) => boolean;
  /** Gets a copy of the answer as it passes. */
  readonly copy: AnswerCopy | undefined;
}

/** A body up to this size that comes in one piece is passed on in one piece. */
const MAX_WHOLE_BYTES = 16_384;

class ClientGoneError extends Error {}
class AnswerTimeoutError extends Error {}
class DeclinedError extends Error {
  readonly isUntouched: boolean;

  constructor(status: number, isUntouched: boolean) {
    super(`answered ${status}`);
    this.isUntouched = isUntouched;
  }
}

const REFUSED = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"]);
const UNANSWERED = new Set(["UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);

/** Passes one request to one instance and its answer back, both as streams. Resolves in every case. */
export function exchange(pool: Dispatcher, request: ExchangeRequest, call: ProxyCall, options: ExchangeOptions): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const relay = new Relay(call, request.method === "HEAD", options, resolve);
    relay.watch();
    try {
      // A stream of events may be silent for as long as nothing happens.
      const pause = isEventStream(request.headers["accept"]) ? { bodyTimeout: 0 } : undefined;
      pool.dispatch({ method: request.method, path: request.path, headers: request.headers, body: request.body ?? null, ...pause }, relay);
    } catch (error) {
      relay.fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** One answer on its way through: undici calls it, it writes to the caller. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #call: ProxyCall;
  readonly #isHead: boolean;
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #onClose = (): void => this.#end(new ClientGoneError("the caller has gone"));
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;
  #sent = false;
  #started = false;
  #isUntouched = false;
  #forget: (() => void) | undefined;
  #length = Number.NaN;
  /** The whole body, where it came in one piece. */
  #whole: string | undefined;

  constructor(call: ProxyCall, isHead: boolean, options: ExchangeOptions, resolve: (result: ExchangeResult) => void) {
    this.#call = call;
    this.#isHead = isHead;
    this.#options = options;
    this.#resolve = resolve;
  }

  watch(): void {
    const { answerMs } = this.#options;
    this.#timer = setTimeout(() => this.#end(new AnswerTimeoutError(`no answer within ${answerMs} ms`)), answerMs);
    this.#call.response.once("close", this.#onClose);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error("given up while waiting for a connection"));
    else this.#sent = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#settled) return;
    this.#controller = controller;
    this.#isUntouched = status === 503 && headers[UNTOUCHED_HEADER] !== undefined;
    if (this.#options.declines(status, this.#isUntouched)) return this.#end(new DeclinedError(status, this.#isUntouched));
    clearTimeout(this.#timer);
    this.#started = true;
    this.#length = Number(headers["content-length"] ?? Number.NaN);
    this.#options.copy?.begin(status, headers);
    const { response, ownHeaders } = this.#call;
    this.#call.takeOver();
    response.on("drain", () => {
      clearTimeout(this.#timer);
      controller.resume();
    });
    response.writeHead(status, responseHeaders(headers, ownHeaders));
    if (isEventStream(headers["content-type"])) {
      // Nothing of it waits for more, its head included.
      response.flushHeaders();
      this.#forget = this.#call.streams?.add(() => this.#finishEarly());
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled || this.#isHead) return;
    this.#options.copy?.add(chunk);
    if (chunk.length === this.#length && chunk.length <= MAX_WHOLE_BYTES) {
      // Head and body as one text are one write of one buffer, which is half of what two cost.
      this.#whole = chunk.toString("latin1");
      return;
    }
    if (this.#call.response.write(chunk)) return;
    controller.pause();
    this.#timer = setTimeout(() => this.#cutOff(), this.#options.stallMs);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    const { response } = this.#call;
    this.#options.copy?.end();
    this.#settle({ kind: "answered", status: response.statusCode, isUntouched: this.#isUntouched });
    if (this.#whole === undefined) response.end();
    else response.end(this.#whole, "latin1");
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** The caller takes nothing of its answer, which would keep a connection of the service for ever. */
  #cutOff(): void {
    this.#end(new ClientGoneError("the caller does not read"));
    this.#call.response.destroy();
  }

  /** Ends an answer that has no end, as if it had one: its caller comes again. */
  #finishEarly(): void {
    if (this.#settled) return;
    const { response } = this.#call;
    this.#settle({ kind: "answered", status: response.statusCode });
    response.end();
    this.#controller?.abort(new Error("the gateway stops"));
  }

  /** Ends the try from our side: undici may still hold the request and is told to let go. */
  #end(error: Error): void {
    if (this.#settled) return;
    this.fail(error);
    this.#controller?.abort(error);
  }

  /** Ends the try with an error, whichever side it came from. */
  fail(error: Error): void {
    if (this.#settled) return;
    if (error instanceof ClientGoneError) return this.#settle({ kind: "client-gone" });
    if (this.#started) {
      this.#settle({ kind: "broken", error });
      // A cut connection is the only honest end of an answer whose head has promised more.
      this.#call.response.destroy();
      return;
    }
    if (error instanceof Problem) return this.#settle({ kind: "rejected", problem: error });
    this.#settle({ kind: "failed", reason: reasonOf(error), sent: this.#sent && !this.#isUntouched, error });
  }

  #settle(result: ExchangeResult): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    this.#call.response.removeListener("close", this.#onClose);
    this.#resolve(result);
  }
}

function isEventStream(type: string | string[] | undefined): boolean {
  return typeof type === "string" && type.includes("text/event-stream");
}

function reasonOf(error: Error): FailureKind {
  if (error instanceof AnswerTimeoutError) return "timeout";
  // Who has not finished starting is as good as not there.
  if (error instanceof DeclinedError) return error.isUntouched ? "refused" : "server-error";
  const code = "code" in error ? String(error.code) : "";
  if (REFUSED.has(code)) return "refused";
  return UNANSWERED.has(code) ? "unanswered" : "reset";
}
