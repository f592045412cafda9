import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { fieldsOf } from "./headers.ts";
import type { Exchange } from "./exchange.ts";

export interface BodyRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Readable;
}

/** Sends a request that has a body by undici, which knows all that can happen to one on its way. */
export function sendBody(pool: Dispatcher, request: BodyRequest, exchange: Exchange): void {
  try {
    // The exchange has its own deadlines.
    pool.dispatch({ ...request, method: request.method, bodyTimeout: 0 }, new Answer(exchange));
  } catch (error) {
    exchange.failed(error instanceof Error ? error : new Error(String(error)));
  }
}

/** What undici tells of an answer, told to an exchange. */
class Answer implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#exchange.isUnanswered) return controller.abort(new Error("given up while waiting for a connection"));
    this.#exchange.sent({ pause: () => controller.pause(), resume: () => controller.resume(), abort: (error) => controller.abort(error) });
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200) this.#exchange.started({ status, fields: fieldsOf(headers) });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#exchange.data(chunk);
  }

  onResponseEnd(): void {
    this.#exchange.ended();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#exchange.failed(error);
  }
}
