import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { Problem } from "../../base/problem.ts";
import { responseHeaders } from "./headers.ts";
import type { ProxyCall } from "./proxy-call.ts";

/** What became of one try. Only after `failed` may somebody else still answer: nothing has reached the caller. */
export type ExchangeResult =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "failed"; readonly reason: "refused" | "timeout" | "reset"; readonly sent: boolean; readonly error: Error }
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

class ClientGoneError extends Error {}
class AnswerTimeoutError extends Error {}

const NEVER_CONNECTED = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);

/** Passes one request to one instance and its answer back, both as streams. Resolves in every case. */
export function exchange(pool: Dispatcher, request: ExchangeRequest, call: ProxyCall, answerMs: number): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const relay = new Relay(call, request.method === "HEAD", resolve);
    relay.watch(answerMs);
    try {
      pool.dispatch({ method: request.method, path: request.path, headers: request.headers, body: request.body ?? null }, relay);
    } catch (error) {
      relay.fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** One answer on its way through: undici calls it, it writes to the caller. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #call: ProxyCall;
  readonly #isHead: boolean;
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #onClose = (): void => this.#end(new ClientGoneError("the caller has gone"));
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settled = false;
  #sent = false;
  #started = false;

  constructor(call: ProxyCall, isHead: boolean, resolve: (result: ExchangeResult) => void) {
    this.#call = call;
    this.#isHead = isHead;
    this.#resolve = resolve;
  }

  watch(answerMs: number): void {
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
    clearTimeout(this.#timer);
    this.#started = true;
    this.#controller = controller;
    const { response, ownHeaders } = this.#call;
    this.#call.takeOver();
    response.on("drain", () => controller.resume());
    response.writeHead(status, responseHeaders(headers, ownHeaders));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled || this.#isHead) return;
    if (!this.#call.response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    const { response } = this.#call;
    this.#settle({ kind: "answered", status: response.statusCode });
    response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
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
    this.#settle({ kind: "failed", reason: reasonOf(error), sent: this.#sent, error });
  }

  #settle(result: ExchangeResult): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#call.response.removeListener("close", this.#onClose);
    this.#resolve(result);
  }
}

function reasonOf(error: Error): "refused" | "timeout" | "reset" {
  if (error instanceof AnswerTimeoutError) return "timeout";
  const code = "code" in error ? String(error.code) : "";
  return NEVER_CONNECTED.has(code) ? "refused" : "reset";
}
