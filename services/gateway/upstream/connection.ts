import { connect, type Socket } from "node:net";
import { type AnswerHead, MAX_HEAD_BYTES, MalformedAnswerError, parseAnswerHead } from "./answer-head.ts";
import { Chunks } from "./chunks.ts";
import { atEndOfTurn, type Finishing } from "./end-of-turn.ts";

/** What a request that was sent can do with its connection. */
export interface AnswerControl {
  /** Takes no more of the answer for now. */
  pause(): void;
  resume(): void;
  /** Lets go of the request; nothing more is heard of it. */
  abort(error: Error): void;
}

/** A request without a body, and whoever waits for its answer. After `sent`, exactly one of `ended` and `failed` is called. */
export interface Asking {
  readonly isHead: boolean;
  /** Headers of the request as they go out, each with its line end. */
  readonly head: string;
  /** It is on its way: from here on the service may have seen it. */
  sent(control: AnswerControl): void;
  started(head: AnswerHead): void;
  /** A part of the body; it may be kept. */
  data(chunk: Buffer): void;
  /** The whole body as Latin-1 text, in place of any `data`, where it came together with its head. */
  whole(text: string, bytes: number): void;
  ended(): void;
  failed(error: Error): void;
}

/** What a connection tells its pool. */
export interface ConnectionOwner {
  connected(connection: Connection): void;
  /** It is free for the next request. `keepMs`: see `AnswerHead`. */
  free(connection: Connection, keepMs: number | undefined): void;
  /** It never came about, or is over; no request is on it. */
  closed(connection: Connection, error: Error | undefined): void;
}

/** A service broke the connection. Codes are those that undici has for the same. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const END_OF_HEAD = "\r\n\r\n";
const KEEP_ALIVE_MS = 60_000;
/** Every read of every connection goes here, and what is to be kept is copied out before the next one. */
const shared = Buffer.allocUnsafeSlow(65_536);

/** One connection to an instance, with one request at a time. */
export class Connection implements AnswerControl, Finishing {
  /** Until when it may be used, in ms of `performance.now()`; the pool's note. */
  usableUntilMs = Infinity;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #owner: ConnectionOwner;
  #asking: Asking | undefined;
  /** The request that is on it has been written. */
  #isWritten = false;
  #answer: AnswerHead | undefined;
  /** Beginning of a head whose end has not come yet. */
  #pending = "";
  #left = 0;
  #chunks: Chunks | undefined;
  #error: Error | undefined;
  #isOpen = false;

  constructor(address: string, port: number, connectMs: number, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#host = `${address}:${port}`;
    const onread = { buffer: shared, callback: (bytes: number): boolean => this.#read(bytes) };
    this.#socket = connect({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, onread });
    const timer = setTimeout(() => this.#socket.destroy(new ConnectionError("ETIMEDOUT", `no connection within ${connectMs} ms`)), connectMs);
    this.#socket.once("connect", () => {
      clearTimeout(timer);
      this.#isOpen = true;
      owner.connected(this);
    });
    this.#socket.on("error", (error) => (this.#error ??= error));
    this.#socket.on("end", () => this.#serviceEnded());
    this.#socket.once("close", () => {
      clearTimeout(timer);
      this.#over();
    });
  }

  /** Whether a request may be sent now. */
  get isFree(): boolean {
    return this.#isOpen && this.#asking === undefined;
  }

  /** Sends a request. Only where it is free. */
  send(asking: Asking): void {
    this.#asking = asking;
    this.#isWritten = false;
    asking.sent(this);
    atEndOfTurn(this);
  }

  /** Writes the request. */
  finish(): void {
    // It may have been given up meanwhile.
    const asking = this.#asking;
    if (asking === undefined) return;
    this.#isWritten = true;
    this.#socket.write(`${asking.head}host: ${this.#host}\r\nconnection: keep-alive\r\n\r\n`, "latin1");
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  abort(error: Error): void {
    this.#asking = undefined;
    this.close(error);
  }

  /** Ends it at once; a request that is on it fails. */
  close(error?: Error): void {
    this.#isOpen = false;
    this.#error ??= error;
    this.#socket.destroy();
  }

  #read(bytes: number): boolean {
    try {
      if (this.#asking === undefined || !this.#isWritten) {
        // Nobody has asked for anything yet.
        this.close();
        return false;
      }
      let at = 0;
      // More than one head: 100 and 103 come before the answer itself.
      while (this.#answer === undefined && this.#asking !== undefined && at < bytes) at = this.#readHead(at, bytes);
      if (this.#asking !== undefined && this.#answer !== undefined && at < bytes) this.#readBody(at, bytes);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    return !this.#socket.isPaused() && !this.#socket.destroyed;
  }

  /** @returns Where the rest begins. */
  #readHead(from: number, to: number): number {
    const before = this.#pending.length;
    const text = this.#pending + shared.toString("latin1", from, to);
    const end = text.indexOf(END_OF_HEAD, Math.max(0, before - END_OF_HEAD.length));
    if (end > MAX_HEAD_BYTES || (end < 0 && text.length > MAX_HEAD_BYTES)) throw new MalformedAnswerError("its head is too large");
    if (end < 0) {
      this.#pending = text;
      return to;
    }
    this.#pending = "";
    const asking = this.#asking as Asking;
    const answer = parseAnswerHead(text.slice(0, end), asking.isHead);
    const behind = end + END_OF_HEAD.length;
    const at = from + behind - before;
    if (answer.status === 101) throw new MalformedAnswerError("it changes the protocol, which nobody asked for");
    if (answer.status < 200) return at;
    this.#answer = answer;
    asking.started(answer);
    if (this.#asking !== asking) return to;
    if (answer.body === "none" || (answer.body === "length" && answer.length === 0)) this.#finish(to - at);
    else if (answer.body === "length" && to - at >= answer.length) {
      asking.whole(text.slice(behind, behind + answer.length), answer.length);
      this.#finish(to - at - answer.length);
    } else {
      this.#left = answer.length;
      this.#chunks = answer.body === "chunked" ? new Chunks() : undefined;
      return at;
    }
    return to;
  }

  #readBody(from: number, to: number): void {
    const asking = this.#asking as Asking;
    if (this.#chunks !== undefined) {
      const chunks = this.#chunks;
      const end = chunks.read(shared, from, to, (start, stop) => {
        if (this.#asking === asking) asking.data(copyOf(start, stop));
      });
      if (chunks.isDone && this.#asking === asking) this.#finish(to - end);
    } else if (this.#answer?.body === "until-close") {
      asking.data(copyOf(from, to));
    } else {
      const end = Math.min(to, from + this.#left);
      this.#left -= end - from;
      asking.data(copyOf(from, end));
      if (this.#left === 0 && this.#asking === asking) this.#finish(to - end);
    }
  }

  /** The answer is whole. @param surplus Bytes behind it, which nobody asked for: then no answer here can be believed any more. */
  #finish(surplus: number): void {
    const { keepMs } = this.#answer as AnswerHead;
    const asking = this.#asking as Asking;
    this.#asking = undefined;
    this.#answer = undefined;
    this.#chunks = undefined;
    if (surplus > 0 || keepMs === 0) this.close();
    // First free, then told: whoever is told may ask again.
    else this.#owner.free(this, keepMs);
    asking.ended();
  }

  #serviceEnded(): void {
    this.#isOpen = false;
    if (this.#answer?.body === "until-close") this.#finish(0);
  }

  #fail(error: Error): void {
    const asking = this.#asking;
    this.#asking = undefined;
    this.close(error);
    asking?.failed(error);
  }

  #over(): void {
    this.#isOpen = false;
    const asking = this.#asking;
    this.#asking = undefined;
    const error = this.#error;
    this.#owner.closed(this, error);
    asking?.failed(error ?? new ConnectionError("UND_ERR_SOCKET", "the service closed the connection"));
  }
}

function copyOf(start: number, end: number): Buffer {
  return Buffer.from(shared.subarray(start, end));
}
