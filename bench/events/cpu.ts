import { readdirSync, readFileSync } from "node:fs";
import { dockerOrFail } from "../../infra/host/docker.ts";

/** Clock ticks a second of `/proc/<pid>/stat`; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields of `/proc/<pid>/stat` from the state on: the name before it may hold spaces. */
function statOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function family(pid: number): readonly number[] {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && statOf(Number(name))[1] === String(pid)).map(Number);
  return [pid, ...children.flatMap(family)];
}

/** CPU time of a process, of its children, and of those that have ended, seconds. */
function cpuSecondsOf(pid: number): number {
  const ticks = family(pid).flatMap((member) => statOf(member).slice(11, 15).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** CPU time by who took it, seconds. It hardly depends on what else the machine does, as rates and delays do. */
export interface CpuUse {
  readonly publisher: number;
  readonly consumers: number;
  readonly redis: number;
  readonly postgres: number;
}

/** Reads the CPU time of everything that takes part in a measurement. */
export class CpuMeter {
  readonly #redisPid: number;
  readonly #postgresPid: number;

  private constructor(redisPid: number, postgresPid: number) {
    this.#redisPid = redisPid;
    this.#postgresPid = postgresPid;
  }

  /** Takes the ids of the stores' containers, on this machine. */
  static async of(redis: string, postgres: string): Promise<CpuMeter> {
    const pidOf = async (id: string): Promise<number> => Number(await dockerOrFail(["inspect", "--format", "{{.State.Pid}}", id]));
    return new CpuMeter(await pidOf(redis), await pidOf(postgres));
  }

  /**
   * CPU time of each so far.
   *
   * @param consumers That of the consumer processes, seconds
   */
  read(consumers: number): CpuUse {
    const { user, system } = process.cpuUsage();
    return { publisher: (user + system) / 1e6, consumers, redis: cpuSecondsOf(this.#redisPid), postgres: cpuSecondsOf(this.#postgresPid) };
  }
}

/** What was used between two readings. */
export function cpuBetween(before: CpuUse, after: CpuUse): CpuUse {
  return {
    publisher: after.publisher - before.publisher,
    consumers: after.consumers - before.consumers,
    redis: after.redis - before.redis,
    postgres: after.postgres - before.postgres,
  };
}
