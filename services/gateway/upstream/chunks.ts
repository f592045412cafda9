import { MalformedAnswerError } from "./answer-head.ts";

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** Longest line between chunks, extensions included, and longest trailer; bytes. */
const MAX_LINE = 4_096;
const MAX_TRAILER = 16_384;

type State = "size" | "extension" | "size-end" | "data" | "data-cr" | "data-lf" | "trailer" | "trailer-end" | "last-lf" | "done";

/** Reads a chunked body (RFC 9112, 7.1): strictly, since a body that two read differently ends at two places. */
export class Chunks {
  #state: State = "size";
  #size = 0;
  #digits = 0;
  #line = 0;
  #trailer = 0;
  #isEmptyLine = true;

  get isDone(): boolean {
    return this.#state === "done";
  }

  /**
   * Reads on. `emit` gets the parts of `buffer` that are body.
   * @returns Position behind the last byte that belongs to the body; `to` where more is to come.
   * @throws MalformedAnswerError
   */
  read(buffer: Uint8Array, from: number, to: number, emit: (start: number, end: number) => void): number {
    let at = from;
    while (at < to && this.#state !== "done") {
      if (this.#state === "data") {
        const end = Math.min(to, at + this.#size);
        emit(at, end);
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = "data-cr";
      } else {
        this.#step(buffer[at] ?? 0);
        at += 1;
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case "size":
        return this.#sizeDigit(byte);
      case "extension":
        this.#line += 1;
        if (byte === CR) this.#state = "size-end";
        else if (byte === LF || this.#line > MAX_LINE) throw malformed();
        return;
      case "size-end":
        this.#expect(byte, LF, this.#size === 0 ? "trailer" : "data");
        return;
      case "data-cr":
        return this.#expect(byte, CR, "data-lf");
      case "data-lf":
        this.#digits = 0;
        return this.#expect(byte, LF, "size");
      case "last-lf":
        return this.#expect(byte, LF, "done");
      default:
        return this.#trailerByte(byte);
    }
  }

  #sizeDigit(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      // Seven digits are 256 MB in one chunk.
      if (this.#digits === 7) throw malformed();
      this.#size = (this.#digits === 0 ? 0 : this.#size * 16) + digit;
      this.#digits += 1;
    } else if (this.#digits === 0) throw malformed();
    else if (byte === CR) this.#state = "size-end";
    else if (byte === SEMICOLON) [this.#state, this.#line] = ["extension", 0];
    else throw malformed();
  }

  /** Trailers are nobody's here: their lines are passed over. */
  #trailerByte(byte: number): void {
    this.#trailer += 1;
    if (this.#trailer > MAX_TRAILER) throw malformed();
    if (this.#state === "trailer-end") {
      this.#isEmptyLine = true;
      return this.#expect(byte, LF, "trailer");
    }
    if (byte === CR) this.#state = this.#isEmptyLine ? "last-lf" : "trailer-end";
    else if (byte === LF) throw malformed();
    else this.#isEmptyLine = false;
  }

  #expect(byte: number, expected: number, next: State): void {
    if (byte !== expected) throw malformed();
    this.#state = next;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function malformed(): MalformedAnswerError {
  return new MalformedAnswerError("its chunks are not well-formed");
}
