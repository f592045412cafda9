import type { Logger } from "pino";
import type { Clock } from "../../../services/base/clock.ts";
import type { ContainerFacts } from "../engine/engine.ts";
import { MachinePatience, PATIENCE_RULE, type Patience, type PatienceRule } from "./machine-patience.ts";
import { RestartHistory, type RestartRule } from "./restart-history.ts";

export interface RepairerOptions {
  /** Name of the agent's own container, which it leaves alone. */
  readonly instance: string;
  readonly environment: string;
  readonly rule: RestartRule;
  readonly patience?: PatienceRule;
  readonly clock: Clock;
  readonly log: Logger;
  readonly containers: () => readonly ContainerFacts[];
  /** Asks the engine anew. Undefined: it is gone. */
  readonly refresh: (id: string) => Promise<ContainerFacts | undefined>;
  readonly restart: (id: string) => Promise<void>;
}

/** A container that starts takes more from a busy machine than one that runs. */
const MAX_AT_ONCE = 2;

export interface RestartCount {
  readonly workload: string;
  readonly colour: string;
  readonly count: number;
}

/** Restarts containers that stay unhealthy, which Docker itself never does. */
export class Repairer {
  readonly #options: RepairerOptions;
  readonly #histories = new Map<string, RestartHistory>();
  readonly #inHand = new Set<string>();
  readonly #gaveUp = new Set<string>();
  readonly #counts = new Map<string, RestartCount>();

  readonly #machine: MachinePatience;
  #patience: Patience = "calm";
  /** Time of the engine's last answer to us. */
  #answerMs = 0;

  constructor(options: RepairerOptions) {
    this.#options = options;
    this.#machine = new MachinePatience(options.patience ?? PATIENCE_RULE);
  }

  /** Nothing is restarted now, since it is the machine that is slow. */
  get waiting(): boolean {
    return this.#patience === "waiting";
  }

  /** Restarts by workload and colour; at zero from the moment that a workload is seen. */
  get restarts(): readonly RestartCount[] {
    return [...this.#counts.values()];
  }

  /** It is unhealthy and was restarted too often. */
  hasGivenUp(id: string): boolean {
    return this.#gaveUp.has(id);
  }

  /** Looks at all containers once. Resolves when the restarts that it began are done; never rejects. */
  async tick(): Promise<void> {
    const containers = this.#options.containers().filter((container) => this.#isCharge(container));
    const ids = new Set(containers.map((container) => container.id));
    for (const known of [this.#histories, this.#gaveUp]) for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    if (this.#inHand.size === 0) await this.#measure(containers);
    this.#beCareful(containers);
    await Promise.all(containers.map(async (container) => await this.#look(container)));
  }

  /** How fast the engine answers, asked only where somebody is ill. */
  async #measure(containers: readonly ContainerFacts[]): Promise<void> {
    const ill = containers.find((container) => container.state === "running" && container.health === "unhealthy");
    if (ill === undefined) return;
    const startedMs = this.#options.clock.now();
    await this.#options.refresh(ill.id).catch(() => undefined);
    this.#answerMs = this.#options.clock.now() - startedMs;
  }

  /** Finds out whether it is the machine, and says so when that changes. */
  #beCareful(containers: readonly ContainerFacts[]): void {
    const { clock, log } = this.#options;
    const count = (health: ContainerFacts["health"]): number => containers.filter((one) => one.state === "running" && one.health === health).length;
    const look = { nowMs: clock.now(), healthy: count("healthy"), unhealthy: count("unhealthy"), answerMs: this.#answerMs };
    const before = this.#patience;
    this.#patience = this.#machine.judge(look);
    if (this.#patience === before) return;
    if (this.#patience === "waiting") log.warn(`nothing is restarted: ${this.#machine.reason(look) ?? ""}`);
    else if (this.#patience === "exhausted") log.error(`waited long enough: what is unhealthy is restarted, ${MAX_AT_ONCE} at a time, though ${this.#machine.reason(look) ?? ""}`);
    else log.info("the machine has time again: what stays unhealthy is restarted");
  }

  /** Its own environment, not itself, and something that its health check speaks for. */
  #isCharge(container: ContainerFacts): boolean {
    const { environment, instance } = this.#options;
    return container.environment === environment && container.name !== instance && container.workload !== "" && container.health !== "none";
  }

  async #look(container: ContainerFacts): Promise<void> {
    this.#count(container, 0);
    const history = this.#histories.get(container.id) ?? new RestartHistory(this.#options.rule);
    this.#histories.set(container.id, history);
    if (this.#inHand.has(container.id)) return;
    const now = this.#options.clock.now();
    // While the machine is slow no verdict counts: afterwards each container gets the time for a new one.
    if (this.waiting) {
      history.observe("absent", now);
      return;
    }
    history.observe(container.state === "running" ? container.health : "absent", now);
    const decision = history.decide(now);
    this.#noteGivenUp(container, decision === "gave-up", history);
    if (decision !== "restart" || this.#inHand.size >= MAX_AT_ONCE) return;
    this.#inHand.add(container.id);
    try {
      await this.#restart(container, history);
    } finally {
      this.#inHand.delete(container.id);
    }
  }

  async #restart(container: ContainerFacts, history: RestartHistory): Promise<void> {
    const { clock, log, refresh, restart } = this.#options;
    const fields = { container: container.name, workload: container.workload, ...(container.colour ? { ofColour: container.colour } : {}) };
    try {
      // Somebody may have stopped or paused it, or it got well, since it was last looked at.
      const current = await refresh(container.id);
      if (current?.state !== "running" || current.health !== "unhealthy") return;
      const seconds = Math.round(history.unhealthyMs(clock.now()) / 1000);
      history.restarted(clock.now());
      await restart(container.id);
      this.#count(container, 1);
      log.warn({ ...fields, restarts: history.attempts }, `restarted ${container.name}: it was unhealthy for ${seconds} s`);
    } catch (error) {
      log.error(fields, `${container.name} is unhealthy and could not be restarted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #noteGivenUp(container: ContainerFacts, now: boolean, history: RestartHistory): void {
    if (now && !this.#gaveUp.has(container.id)) {
      this.#gaveUp.add(container.id);
      const { limit, windowMs } = this.#options.rule;
      this.#options.log.error(
        { container: container.name, workload: container.workload, restarts: history.attempts },
        `${container.name} is left unhealthy: it was restarted ${limit} times within ${Math.round(windowMs / 60_000)} min. Look at its log`,
      );
    }
    if (!now) this.#gaveUp.delete(container.id);
  }

  #count({ workload, colour }: ContainerFacts, by: number): void {
    const key = `${workload} ${colour}`;
    this.#counts.set(key, { workload, colour, count: (this.#counts.get(key)?.count ?? 0) + by });
  }
}
