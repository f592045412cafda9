import type { Logger } from "pino";
import type { ChainRunner } from "./chain-runner.ts";

const LOOK_EVERY_MS = 2_000;

/** Has runners go on: when something new is wanted, and every 2 s. What fails is tried again at the next look. */
export class ChainWork {
  readonly #runner: Pick<ChainRunner, "turn" | "stop">;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopping = false;
  #failures = 0;

  constructor(runner: Pick<ChainRunner, "turn" | "stop">, log: Logger) {
    this.#runner = runner;
    this.#log = log;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.#timer.unref();
    this.wake();
  }

  /** Something new is wanted. */
  wake(): void {
    if (this.#timer === undefined || this.#stopping) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Ends after the step that is under way; what is left is another instance's. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
    await this.#runner.stop().catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false;
        if (await this.#runner.turn()) this.#again = true;
        this.#failures = 0;
      }
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 5) this.#log.warn({ err: error }, "the chain cannot be worked with, trying on");
    }
  }
}
