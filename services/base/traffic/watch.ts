import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Colour } from "../config.ts";
import type { RegistryTable } from "../registry/table.ts";
import { compareAndSetTrafficTable, readTrafficTable, writeBackTrafficTable } from "./store.ts";
import { firstTable, type ColourWeights, type TrafficTable } from "./table.ts";
import { effectiveWeights, instanceShare, tableWeights } from "./weights.ts";

const REFRESH_INTERVAL_MS = 2000;

/** The traffic table in memory. Redis may lose it: whoever knows the highest version writes it back. */
export class TrafficWatch {
  readonly #redis: Redis;
  readonly #registry: RegistryTable;
  readonly #clock: Clock;
  readonly #log: Logger;
  #table: TrafficTable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastProblem: string | undefined;

  constructor(redis: Redis, registry: RegistryTable, clock: Clock, log: Logger) {
    this.#redis = redis;
    this.#registry = registry;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.refresh(), REFRESH_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The last table known; absent before the first. */
  table(): TrafficTable | undefined {
    return this.#table;
  }

  /** Weights by which requests to a workload go now: the table's, less the colours without live instances. */
  weights(workload: string): ColourWeights {
    const takers = this.#registry.takers(workload);
    const live = { blue: takers.blue.length > 0, green: takers.green.length > 0 };
    return effectiveWeights(tableWeights(this.#table, workload), live);
  }

  /** The weight of one colour of a workload. */
  weight(workload: string, colour: Colour): number {
    return this.weights(workload)[colour];
  }

  /** What one instance of a colour asks the edge for: its part of the colour's weight. */
  instanceShare(workload: string, colour: Colour): number {
    return instanceShare(this.weight(workload, colour), this.#registry.takers(workload)[colour].length);
  }

  /** Reads the stored table now, or gives Redis back what it has lost. Never throws: the last table serves. */
  async refresh(): Promise<void> {
    try {
      const stored = await readTrafficTable(this.#redis);
      if (this.#table !== undefined && (stored === undefined || stored.version < this.#table.version)) {
        if (await writeBackTrafficTable(this.#redis, this.#table)) {
          this.#log.warn({ trafficVersion: this.#table.version }, "traffic: Redis had lost the table, wrote it back");
        }
        return;
      }
      if (stored !== undefined) this.#adopt(stored);
      this.#lastProblem = undefined;
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * Makes the first table of an environment that has none: all traffic to the colour that came first.
   * @throws the connection's error where Redis cannot be asked.
   */
  async initialise(workloads: readonly string[], colour: Colour, by: string): Promise<void> {
    await this.refresh();
    if (this.#table !== undefined) return;
    const table = firstTable(workloads, colour, by, new Date(this.#clock.now()));
    if (await compareAndSetTrafficTable(this.#redis, 0, table)) this.#adopt(table);
    else await this.refresh();
  }

  #adopt(table: TrafficTable): void {
    const before = this.#table?.version;
    this.#table = table;
    if (before !== table.version) {
      this.#log.info({ trafficVersion: table.version, by: table.by, reason: table.reason }, "traffic: table in force");
    }
  }

  #report(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    // Redis' own absence is reported by its connection; a broken table is an operator's mistake and said once.
    if (error instanceof Error && error.name === "TrafficTableError" && problem !== this.#lastProblem) {
      this.#log.error({ problem }, "traffic: the stored table does not hold, the last good one serves");
    }
    this.#lastProblem = problem;
  }
}
