import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadAnswer, Order } from "./message.ts";

/** The generator's process, from outside. */
export class Generator {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, "generator.ts"));

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Registers users through the API; it takes a while, since passwords are hashed as they should be. */
  async enrol(options: Omit<Extract<Order, { kind: "enrol" }>, "kind">): Promise<void> {
    await this.#ask({ kind: "enrol", ...options });
  }

  async load(options: Omit<Extract<Order, { kind: "load" }>, "kind">): Promise<LoadAnswer> {
    return (await this.#ask({ kind: "load", ...options })) as LoadAnswer;
  }

  stop(): void {
    this.#child.kill();
  }

  async #ask(order: Order): Promise<unknown> {
    const gone = new AbortController();
    const ended = once(this.#child, "exit", { signal: gone.signal }).then(
      () => Promise.reject(new Error("the generator's process has ended")),
      () => undefined,
    );
    const answered = once(this.#child, "message");
    this.#child.send(order);
    const [message] = (await Promise.race([answered, ended])) as [{ readonly answer?: unknown; readonly failure?: string }];
    gone.abort();
    if (message.failure !== undefined) throw new Error(message.failure);
    return message.answer;
  }
}
