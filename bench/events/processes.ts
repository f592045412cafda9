import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../infra/platform/defaults.ts";
import { nodeOptions } from "../../infra/platform/node-options.ts";
import { Delays } from "./delays.ts";
import type { ConsumerOrder, ConsumerReport } from "./message.ts";

/** Processes with all consumers of the platform, one for each service. */
export class ConsumerProcesses {
  readonly #children: readonly ChildProcess[];
  #cpuSeconds = 0;
  #handled: readonly number[] = [];

  constructor(orders: readonly ConsumerOrder[]) {
    this.#children = orders.map((order) => {
      const child = fork(join(import.meta.dirname, "consumers.ts"), { execArgv: (process.env["BENCH_NODE_OPTIONS"] ?? "").split(" ").filter(Boolean), env: { ...process.env, NODE_OPTIONS: nodeOptions(DEFAULT_LIMITS.memoryMb) } });
      child.send(order);
      return child;
    });
  }

  /** CPU time of all of them at the last call of `take`, seconds. */
  get cpuSeconds(): number {
    return this.#cpuSeconds;
  }

  /** Events that each process had handled in all at the last call of `take`. */
  get handled(): readonly number[] {
    return this.#handled;
  }

  /** Everything handled since the last call. */
  async take(): Promise<Delays> {
    const all = new Delays();
    let cpuMicros = 0;
    const handled = await Promise.all(this.#children.map(async (child, at) => {
      const answer = once(child, "message");
      child.send("report");
      const [report] = (await answer) as [ConsumerReport];
      all.addAll(report.delays);
      cpuMicros += report.cpuMicros;
      return (this.#handled[at] ?? 0) + report.handled;
    }));
    this.#handled = handled;
    this.#cpuSeconds = cpuMicros / 1e6;
    return all;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map(async (child) => {
      const gone = once(child, "exit");
      child.send("stop");
      await gone;
    }));
  }
}
