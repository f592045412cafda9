import { Pool } from "undici";

export interface Sent {
  readonly status: number;
  /** Parsed JSON; undefined where it is none, or nobody wants it. */
  readonly body: unknown;
  readonly retryAfter: string | string[] | undefined;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE" | "PATCH";
  /** From the first slash on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether a good answer's body is to be parsed; that of a bad one always is. */
  readonly wantsBody: boolean;
}

export interface SenderOptions {
  /** Most connections at one time; further requests wait for one, which counts into their time. */
  readonly connections: number;
  /** Longest wait for an answer, ms. */
  readonly timeoutMs: number;
}

/** Sends requests to one origin over connections that stay open. */
export class Sender {
  readonly #pool: Pool;

  constructor(origin: string, { connections, timeoutMs }: SenderOptions) {
    this.#pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connectTimeout: timeoutMs });
  }

  /** @throws whatever breaks on the way; an answer of any status is none of that. */
  async send({ method, path, headers, body, wantsBody }: HttpRequest): Promise<Sent> {
    const answer = await this.#pool.request({ method, path, headers, body: body ?? null });
    const { statusCode: status } = answer;
    const retryAfter = answer.headers["retry-after"];
    if (!wantsBody && status < 300) {
      await answer.body.dump();
      return { status, body: undefined, retryAfter };
    }
    const text = await answer.body.text();
    try {
      return { status, body: JSON.parse(text) as unknown, retryAfter };
    } catch {
      return { status, body: undefined, retryAfter };
    }
  }

  /** Ends all connections at once, and with them what is under way. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}
