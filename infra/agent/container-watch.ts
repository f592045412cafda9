import type { Logger } from "pino";
import type { Clock } from "../../services/base/clock.ts";
import { delay, type Delay } from "../../services/base/deadline.ts";
import { bounded } from "./bounded.ts";
import type { ContainerFacts, Engine, EngineEvent } from "./engine/engine.ts";

/** Wait before an engine that is away is asked again. */
const RETRY_MS = 2_000;
/** Questions to the engine at one time. */
const PARALLEL = 8;

export interface ContainerWatchOptions {
  readonly engine: Engine;
  readonly environment: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly delay?: Delay;
}

/**
 * The environment's containers as the engine has them, kept up to date by its events and, since events can be missed,
 * by reading everything anew now and then. Remembers OOM kills, which nothing else in the engine counts.
 */
export class ContainerWatch {
  readonly #options: ContainerWatchOptions;
  readonly #containers = new Map<string, ContainerFacts>();
  /** By name, so that a container that is replaced goes on counting. */
  readonly #oomKills = new Map<string, number>();
  #engineUp: boolean | undefined;
  #errors = 0;
  #lastEventSeconds: number;
  #stream: AbortController | undefined;

  constructor(options: ContainerWatchOptions) {
    this.#options = options;
    this.#lastEventSeconds = options.clock.now() / 1000;
  }

  /** All containers, also those that do not run. */
  containers(): readonly ContainerFacts[] {
    return [...this.#containers.values()];
  }

  /** OOM kills of a container since this process started. */
  oomKills(name: string): number {
    return this.#oomKills.get(name) ?? 0;
  }

  /** The engine answered the last question. False before the first answer. */
  get engineUp(): boolean {
    return this.#engineUp ?? false;
  }

  /** Questions that the engine did not answer, or refused. */
  get errors(): number {
    return this.#errors;
  }

  /** Counts a question of somebody else that failed. */
  countError(): void {
    this.#errors += 1;
  }

  /** Reads and listens until the signal. Never rejects: an engine that is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (await this.sync()) await this.#listen(signal);
      if (!signal.aborted) await (this.#options.delay ?? delay)(RETRY_MS, signal);
    }
  }

  /** Reads everything anew. @returns whether the engine answered. */
  async sync(): Promise<boolean> {
    const { engine } = this.#options;
    try {
      const ids = await engine.list();
      const facts = await bounded(ids, PARALLEL, async (id) => await engine.inspect(id));
      for (const id of this.#containers.keys()) if (!ids.includes(id)) this.#containers.delete(id);
      for (const container of facts) if (container) this.#put(container);
      this.#up();
      return true;
    } catch (error) {
      this.#down(error);
      return false;
    }
  }

  /** Takes one event in. */
  async handle(event: EngineEvent): Promise<void> {
    // The first events after a reconnect can be those that were last seen before it.
    if (event.atSeconds <= this.#lastEventSeconds) return;
    this.#lastEventSeconds = event.atSeconds;
    if (event.action === "oom") this.#countOom(event);
    await this.refresh(event.containerId);
  }

  /** Reads one container anew. @returns what it is now; undefined: it is gone, or none of this environment. */
  async refresh(id: string): Promise<ContainerFacts | undefined> {
    const facts = await this.#options.engine.inspect(id);
    if (facts === undefined) this.#containers.delete(id);
    else this.#put(facts);
    return this.#containers.get(id);
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    try {
      const either = AbortSignal.any([signal, stream.signal]);
      for await (const event of this.#options.engine.events(this.#lastEventSeconds, either)) await this.handle(event);
    } catch (error) {
      this.#down(error);
    } finally {
      this.#stream = undefined;
    }
  }

  /** The label filter is the engine's; that nothing of another environment gets further is ours. */
  #put(facts: ContainerFacts): void {
    if (facts.environment === this.#options.environment) this.#containers.set(facts.id, facts);
  }

  #countOom({ containerId, containerName }: EngineEvent): void {
    const name = this.#containers.get(containerId)?.name ?? containerName;
    this.#oomKills.set(name, this.oomKills(name) + 1);
    this.#options.log.warn({ container: name }, `${name} was killed: it used more memory than its limit`);
  }

  #up(): void {
    if (this.#engineUp === false) this.#options.log.info("the container engine answers again");
    this.#engineUp = true;
  }

  #down(error: unknown): void {
    this.#errors += 1;
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#engineUp !== false) this.#options.log.error(`the container engine cannot be asked; asked again every ${RETRY_MS / 1000} s. ${reason}`);
    this.#engineUp = false;
    // A stream that does not notice would stay silent for ever.
    this.#stream?.abort();
  }
}
