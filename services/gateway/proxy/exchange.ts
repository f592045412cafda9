import type { CallerWatch } from "../../base/http/front.ts";
import { UNTOUCHED_HEADER } from "../../base/http/untouched.ts";
import { Problem } from "../../base/problem.ts";
import type { FailureKind } from "../routing/instance-health.ts";
import { type AnswerHead, fieldOf } from "../upstream/answer-head.ts";
import type { AnswerControl, Asking } from "../upstream/connection.ts";
import type { Deadlines, Waiting } from "../upstream/deadlines.ts";
import { atEndOfTurn, type Finishing } from "../upstream/end-of-turn.ts";
import type { AnswerCopy } from "./answer-copy.ts";
import { answerFields } from "./headers.ts";
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

/** Whoever wants to know what becomes of a try. */
export interface ExchangeOwner {
  /** Whether an answer is not passed on, since another instance will be asked. */
  declines(status: number, isUntouched: boolean): boolean;
  /** Called once; for `answered` just before the last of it goes to the caller. */
  ended(result: ExchangeResult): void;
}

export interface ExchangeOptions {
  /** Headers of the request as they go out; see `Asking`. */
  readonly head: string;
  /** When there has to be a head of the answer, in ms of `performance.now()`. */
  readonly answerByMs: number;
  /** Longest pause of the service within its answer, and of the caller in taking it, ms. */
  readonly pauseMs: number;
  /** Gets a copy of the answer as it passes. */
  readonly copy: AnswerCopy | undefined;
  /** Takes back a request that has not been sent yet. */
  readonly takeBack: (exchange: Exchange) => void;
  readonly deadlines: Deadlines<Exchange>;
}

class ClientGoneError extends Error {}
class TimeoutError extends Error {}
/** The instance has been taken out: others answer sooner. */
class LeftError extends Error {}
class DeclinedError extends Error {
  readonly isUntouched: boolean;

  constructor(status: number, isUntouched: boolean) {
    super(`answered ${status}`);
    this.isUntouched = isUntouched;
  }
}

const REFUSED = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"]);
const UNANSWERED = new Set(["UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);

/** One request at one instance, and its answer on its way to the caller. */
export class Exchange implements Asking, Waiting, CallerWatch, Finishing {
  readonly isHead: boolean;
  readonly head: string;
  deadlineMs: number;
  place = -1;
  readonly #call: ProxyCall;
  readonly #owner: ExchangeOwner;
  readonly #options: ExchangeOptions;
  #control: AnswerControl | undefined;
  #settled = false;
  #sent = false;
  #started = false;
  #isUntouched = false;
  #isPatient = false;
  #isPaused = false;
  #forget: (() => void) | undefined;
  /** The whole body, where it came in one piece. */
  #whole: string | undefined;

  constructor(call: ProxyCall, owner: ExchangeOwner, options: ExchangeOptions) {
    this.isHead = call.method === "HEAD";
    this.head = options.head;
    this.deadlineMs = options.answerByMs;
    this.#call = call;
    this.#owner = owner;
    this.#options = options;
    options.deadlines.add(this);
    call.watch(this);
  }

  /** It waits for the head of an answer. */
  get isUnanswered(): boolean {
    return !this.#started && !this.#settled;
  }

  /** Whose it is. */
  get owner(): ExchangeOwner {
    return this.#owner;
  }

  /** Stops waiting for an instance that has been taken out. */
  leave(): void {
    this.#end(new LeftError("its instance has been taken out"));
  }

  sent(control: AnswerControl): void {
    this.#control = control;
    this.#sent = true;
  }

  started({ status, fields }: Pick<AnswerHead, "status" | "fields">): void {
    if (this.#settled) return;
    this.#isUntouched = status === 503 && fieldOf(fields, UNTOUCHED_HEADER) !== undefined;
    if (this.#owner.declines(status, this.#isUntouched)) return this.#end(new DeclinedError(status, this.#isUntouched));
    this.#started = true;
    this.#options.copy?.begin(status, fields);
    const { response, ownHeaders } = this.#call;
    response.writeHead(status, answerFields(fields, ownHeaders) as string[]);
    // Who asks for a stream of events waits for as long as nothing happens.
    this.#isPatient = isEventStream(this.#call.headers.accept);
    if (isEventStream(fieldOf(fields, "content-type"))) {
      // Nothing of it waits for more, its head included.
      response.flushHeaders();
      this.#forget = this.#call.streams?.add(() => this.#finishEarly());
    }
    this.#waitForMore();
  }

  data(chunk: Buffer): void {
    if (this.#settled || this.isHead) return;
    this.#options.copy?.add(chunk);
    const { response } = this.#call;
    const isTaken = response.write(chunk);
    // What was read already comes also after a pause.
    if (this.#isPaused) return;
    if (isTaken) return this.#waitForMore();
    this.#isPaused = true;
    this.#control?.pause();
    this.deadlineMs = performance.now() + this.#options.pauseMs;
    response.once("drain", () => this.#drained());
  }

  whole(text: string): void {
    if (this.#settled) return;
    this.#options.copy?.add(Buffer.from(text, "latin1"));
    // Head and body as one text are one write of one buffer, which is half of what two cost.
    this.#whole = text;
  }

  ended(): void {
    if (this.#settled) return;
    const { response } = this.#call;
    this.#options.copy?.end();
    this.#settle({ kind: "answered", status: response.statusCode, isUntouched: this.#isUntouched });
    if (this.#whole === undefined) response.end();
    else atEndOfTurn(this);
  }

  /** Sends an answer that came in one piece. */
  finish(): void {
    this.#call.response.end(this.#whole, "latin1");
  }

  /** Ends the try with an error, whichever side it came from. */
  failed(error: Error): void {
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

  expired(): void {
    if (!this.#started) return this.#end(new TimeoutError("no answer in time"));
    if (!this.#isPaused) return this.#end(new TimeoutError("nothing more of the answer in time"));
    // The caller takes nothing of its answer, which would keep a connection of the service for ever.
    this.#end(new ClientGoneError("the caller does not read"));
    this.#call.response.destroy();
  }

  callerGone(): void {
    this.#end(new ClientGoneError("the caller has gone"));
  }

  #waitForMore(): void {
    this.deadlineMs = this.#isPatient ? Infinity : performance.now() + this.#options.pauseMs;
  }

  #drained(): void {
    this.#isPaused = false;
    if (this.#settled) return;
    this.#waitForMore();
    this.#control?.resume();
  }

  /** Ends an answer that has no end, as if it had one: its caller comes again. */
  #finishEarly(): void {
    if (this.#settled) return;
    const { response } = this.#call;
    this.#settle({ kind: "answered", status: response.statusCode });
    response.end();
    this.#control?.abort(new Error("the gateway stops"));
  }

  /** Ends the try from our side: the connection may still hold the request and is told to let go. */
  #end(error: Error): void {
    if (this.#settled) return;
    // First let go: whoever hears of the end may ask again.
    if (this.#sent) this.#control?.abort(error);
    else this.#options.takeBack(this);
    this.failed(error);
  }

  #settle(result: ExchangeResult): void {
    this.#settled = true;
    this.#options.deadlines.delete(this);
    this.#forget?.();
    this.#call.watch(undefined);
    this.#owner.ended(result);
  }
}

function isEventStream(type: string | undefined): boolean {
  return type !== undefined && type.includes("text/event-stream");
}

function reasonOf(error: Error): FailureKind {
  if (error instanceof TimeoutError || error instanceof LeftError) return "timeout";
  // Who has not finished starting is as good as not there.
  if (error instanceof DeclinedError) return error.isUntouched ? "refused" : "server-error";
  const code = "code" in error ? String(error.code) : "";
  if (REFUSED.has(code)) return "refused";
  return UNANSWERED.has(code) ? "unanswered" : "reset";
}
