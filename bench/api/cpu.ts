import { readFileSync } from "node:fs";
import { DockerEngine } from "../../infra/agent/engine/docker-engine.ts";
import { ENGINE_SOCKET } from "../../infra/platform/defaults.ts";
import { cpuSecondsOf, TICKS_PER_SECOND } from "../process-cpu.ts";

/** CPU time since any moment, seconds, by whoever took it. */
export type CpuReading = Readonly<Record<string, number>>;

/** All that the machine's cores did, idling and waiting for disks left out. */
function secondsOfMachine(): number {
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0] = (/^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "").split(" ").map(Number);
  return (user + nice + system + interrupts + softInterrupts) / TICKS_PER_SECOND;
}

/** Reads the CPU time of every container of an environment, of the generator, and of the machine as a whole. */
export class CpuMeter {
  readonly #engine: DockerEngine;
  readonly #generatorPid: number;
  #workloads: ReadonlyMap<string, string> | undefined;

  constructor(environment: string, generatorPid: number) {
    this.#engine = new DockerEngine(ENGINE_SOCKET, environment);
    this.#generatorPid = generatorPid;
  }

  async read(): Promise<CpuReading> {
    const workloads = (this.#workloads ??= await this.#find());
    const used: Record<string, number> = { generator: cpuSecondsOf(this.#generatorPid), machine: secondsOfMachine() };
    await Promise.all(
      [...workloads].map(async ([id, workload]) => {
        const usage = await this.#engine.usage(id);
        used[workload] = (used[workload] ?? 0) + (usage?.cpuSeconds ?? 0);
      }),
    );
    return used;
  }

  async #find(): Promise<ReadonlyMap<string, string>> {
    const facts = await Promise.all((await this.#engine.list()).map((id) => this.#engine.inspect(id)));
    return new Map(facts.flatMap((one) => (one === undefined || one.state !== "running" ? [] : [[one.id, one.workload] as const])));
  }
}

/** Cores that each took between two readings; `rest`: what the machine did beside all of them. */
export function coresBetween(before: CpuReading, after: CpuReading, seconds: number): Readonly<Record<string, number>> {
  const cores = Object.fromEntries(Object.keys(after).map((name) => [name, ((after[name] ?? 0) - (before[name] ?? 0)) / seconds]));
  const { machine = 0, ...named } = cores;
  const known = Object.values(named).reduce((sum, each) => sum + each, 0);
  return { ...named, rest: Math.max(0, machine - known) };
}
