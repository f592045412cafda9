import type { Clock } from "../../services/base/clock.ts";
import { bounded } from "./bounded.ts";
import type { Usage } from "./engine/engine.ts";

export interface UsageReaderOptions {
  readonly clock: Clock;
  readonly read: (id: string) => Promise<Usage | undefined>;
  /** One container that could not be read. The others are. */
  readonly onError: (error: unknown) => void;
}

/** Several scrapers share one measurement. */
const FRESH_MS = 2_000;
const PARALLEL = 32;

/** Measures what containers use when somebody asks, all side by side, and never twice at a time. */
export class UsageReader {
  readonly #options: UsageReaderOptions;
  #round: { readonly atMs: number; readonly usages: Promise<ReadonlyMap<string, Usage>> } | undefined;
  #durationSeconds = 0;

  constructor(options: UsageReaderOptions) {
    this.#options = options;
  }

  /** How long the last measurement of all containers took. */
  get durationSeconds(): number {
    return this.#durationSeconds;
  }

  /** Usage by container id; those that do not run, or could not be read, are left out. */
  async usages(ids: readonly string[]): Promise<ReadonlyMap<string, Usage>> {
    const now = this.#options.clock.now();
    if (this.#round === undefined || now - this.#round.atMs >= FRESH_MS) this.#round = { atMs: now, usages: this.#measure(ids) };
    return await this.#round.usages;
  }

  async #measure(ids: readonly string[]): Promise<ReadonlyMap<string, Usage>> {
    const startedMs = this.#options.clock.now();
    const usages = new Map<string, Usage>();
    await bounded(ids, PARALLEL, async (id) => {
      try {
        const usage = await this.#options.read(id);
        if (usage) usages.set(id, usage);
      } catch (error) {
        this.#options.onError(error);
      }
    });
    this.#durationSeconds = (this.#options.clock.now() - startedMs) / 1000;
    return usages;
  }
}
