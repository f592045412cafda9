import type { IncomingHttpHeaders } from "node:http";

export interface WholeAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a shared cache may keep of an answer (RFC 9111, 3): nothing that is for one person's eyes or sets a state. */
export function mayKeep(status: number, headers: IncomingHttpHeaders, knownVary: ReadonlySet<string>): boolean {
  if (status !== 200 || headers["set-cookie"] !== undefined) return false;
  if (/no-store|private/i.test(headers["cache-control"] ?? "")) return false;
  const vary = headers.vary;
  return vary === undefined || vary.split(",").every((name) => knownVary.has(name.trim().toLowerCase()));
}

/** Collects an answer while it passes; gives it on when it is whole, and gives up where it is not to be kept. */
export class AnswerCopy {
  readonly #maxBytes: number;
  readonly #mayKeep: (status: number, headers: IncomingHttpHeaders) => boolean;
  readonly #done: (answer: WholeAnswer) => void;
  #headers: IncomingHttpHeaders | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number, keep: (status: number, headers: IncomingHttpHeaders) => boolean, done: (answer: WholeAnswer) => void) {
    this.#maxBytes = maxBytes;
    this.#mayKeep = keep;
    this.#done = done;
  }

  begin(status: number, headers: IncomingHttpHeaders): void {
    const announced = Number(headers["content-length"] ?? 0);
    if (announced <= this.#maxBytes && this.#mayKeep(status, headers)) this.#headers = headers;
  }

  add(chunk: Buffer): void {
    if (this.#headers === undefined) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      this.#headers = undefined;
      this.#chunks = [];
    } else this.#chunks.push(chunk);
  }

  end(): void {
    // `concat` copies: a chunk is a slice of the whole buffer that the socket was read into.
    if (this.#headers !== undefined) this.#done({ headers: this.#headers, body: Buffer.concat(this.#chunks, this.#bytes) });
  }
}
