import { Agent, request, type IncomingMessage } from "node:http";
import { EngineError } from "./engine.ts";

export interface SocketRequest {
  readonly method?: "GET" | "POST";
  /** Path with query. */
  readonly path: string;
  /** Longest wait for the whole answer, in milliseconds; absent: none. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** A connection of its own, for what takes long. @default false */
  readonly alone?: boolean;
}

export interface SocketAnswer {
  readonly status: number;
  readonly text: string;
}

/** On older engines a question about usage waits up to a second for the next measurement: they wait side by side. */
const MAX_CONNECTIONS = 40;

/** HTTP over a Unix socket. */
export class SocketClient {
  readonly #path: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws EngineError when nobody answers in time. */
  async ask(what: SocketRequest): Promise<SocketAnswer> {
    const deadline = what.deadlineMs === undefined ? [] : [AbortSignal.timeout(what.deadlineMs)];
    const bound = { ...what, signal: AbortSignal.any([...deadline, ...(what.signal ? [what.signal] : [])]) };
    try {
      const response = await this.#send(bound);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
    } catch (error) {
      throw new EngineError(this.#explain(bound, error), { cause: error });
    }
  }

  /** The lines of an answer that does not end. @throws EngineError when it cannot be had or breaks off. */
  async *lines(what: SocketRequest): AsyncGenerator<string> {
    try {
      const response = await this.#send({ ...what, alone: true });
      if (response.statusCode !== 200) throw new Error(`the engine answered ${response.statusCode ?? "nothing"}`);
      response.setEncoding("utf8");
      let rest = "";
      for await (const chunk of response) {
        const parts = (rest + (chunk as string)).split("\n");
        rest = parts.pop() ?? "";
        yield* parts.filter((line) => line !== "");
      }
    } catch (error) {
      if (what.signal?.aborted) return;
      throw new EngineError(this.#explain(what, error), { cause: error });
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(what: SocketRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        socketPath: this.#path,
        path: what.path,
        method: what.method ?? "GET",
        agent: what.alone ? false : this.#agent,
        headers: { host: "engine" },
        ...(what.signal ? { signal: what.signal } : {}),
      });
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
      outgoing.end();
    });
  }

  #explain(what: SocketRequest, error: unknown): string {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    switch (code) {
      case "ENOENT":
        return `no container engine: there is no ${this.#path}. Fix: mount the engine's socket there`;
      case "EACCES":
        return `no right to ${this.#path}: its group is none of this process (${process.getgroups?.().join(", ") ?? ""}). Fix: ./astra up, which finds the group out anew`;
      case "ECONNREFUSED":
        return `nobody listens at ${this.#path}: the container engine is down, or was started anew with another socket`;
      default:
        if (what.signal?.aborted) return `${what.path}: no answer within ${what.deadlineMs ?? 0} ms`;
        return `${what.path}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
