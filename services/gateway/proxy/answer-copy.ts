import { fieldOf } from "../upstream/answer-head.ts";

export interface WholeAnswer {
  /** Names in lower case and values, in turn. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** What a shared cache may keep of an answer (RFC 9111, 3): nothing that is for one person's eyes or sets a state. */
export function mayKeep(status: number, fields: readonly string[], knownVary: ReadonlySet<string>): boolean {
  if (status !== 200) return false;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? "";
    switch (fields[index]) {
      case "set-cookie":
        return false;
      case "cache-control":
        if (/no-store|private/i.test(value)) return false;
        break;
      case "vary":
        if (!value.split(",").every((name) => knownVary.has(name.trim().toLowerCase()))) return false;
    }
  }
  return true;
}

/** Collects an answer while it passes; gives it on when it is whole, and gives up where it is not to be kept. */
export class AnswerCopy {
  readonly #maxBytes: number;
  readonly #mayKeep: (status: number, fields: readonly string[]) => boolean;
  readonly #done: (answer: WholeAnswer) => void;
  #fields: readonly string[] | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number, keep: (status: number, fields: readonly string[]) => boolean, done: (answer: WholeAnswer) => void) {
    this.#maxBytes = maxBytes;
    this.#mayKeep = keep;
    this.#done = done;
  }

  begin(status: number, fields: readonly string[]): void {
    const announced = Number(fieldOf(fields, "content-length") ?? 0);
    if (announced <= this.#maxBytes && this.#mayKeep(status, fields)) this.#fields = fields;
  }

  add(chunk: Buffer): void {
    if (this.#fields === undefined) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      this.#fields = undefined;
      this.#chunks = [];
    } else this.#chunks.push(chunk);
  }

  end(): void {
    // `concat` copies: a chunk may be a slice of a whole buffer.
    if (this.#fields !== undefined) this.#done({ fields: this.#fields, body: Buffer.concat(this.#chunks, this.#bytes) });
  }
}
