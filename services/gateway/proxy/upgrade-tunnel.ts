import type { Duplex } from "node:stream";
import { closeFrame, FrameBoundaries, GOING_AWAY } from "./upgrade-frames.ts";

/** Time that both sides have to take note of our close frame. */
const CLOSE_MS = 2_000;

/** One direction of a WebSocket through the gateway. */
class Direction {
  readonly #from: Duplex;
  readonly #to: Duplex;
  readonly #frames = new FrameBoundaries();
  /** Frames of a client are masked. */
  readonly #masked: boolean;
  #state: "open" | "closing" | "closed" = "open";

  constructor(from: Duplex, to: Duplex, masked: boolean) {
    this.#from = from;
    this.#to = to;
    this.#masked = masked;
    from.on("data", (chunk: Buffer) => this.#pass(chunk));
    to.on("drain", () => from.resume());
  }

  /** Says `1001 going away` as soon as no frame is under way; nothing follows it (RFC 6455, 5.5.1). */
  close(): void {
    this.#state = "closing";
    if (this.#frames.isBetween) this.#sayClose();
  }

  #pass(chunk: Buffer): void {
    if (this.#state === "closed") return;
    const boundary = this.#frames.follow(chunk);
    const isLast = this.#state === "closing" && boundary >= 0;
    if (!this.#to.write(isLast ? chunk.subarray(0, boundary) : chunk)) this.#from.pause();
    if (isLast) this.#sayClose();
  }

  #sayClose(): void {
    this.#state = "closed";
    if (this.#to.writable) this.#to.write(closeFrame(GOING_AWAY, this.#masked));
  }
}

/** A WebSocket that runs through the gateway: bytes both ways, until one side ends or the gateway stops. */
export class Tunnel {
  readonly #client: Duplex;
  readonly #service: Duplex;
  readonly #directions: readonly Direction[];
  readonly #onEnd: () => void;
  readonly #closeMs: number;
  #isOver = false;

  /** `onEnd` is called once. `closeMs`: see `close`; default 2000. */
  constructor(client: Duplex, service: Duplex, onEnd: () => void, closeMs = CLOSE_MS) {
    this.#client = client;
    this.#service = service;
    this.#onEnd = onEnd;
    this.#closeMs = closeMs;
    this.#directions = [new Direction(client, service, true), new Direction(service, client, false)];
    for (const side of [client, service]) {
      side.on("end", () => this.#end());
      side.on("error", () => this.#end());
      side.on("close", () => this.#end());
    }
  }

  /** Says goodbye to both sides, and ends `closeMs` later. */
  close(): void {
    if (this.#isOver) return;
    for (const direction of this.#directions) direction.close();
    setTimeout(() => this.#end(), this.#closeMs).unref();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const side of [this.#client, this.#service]) {
      // What was written last, a close frame perhaps, still goes out.
      side.end();
      setTimeout(() => side.destroy(), this.#closeMs).unref();
    }
    this.#onEnd();
  }
}
