import { dockerOrFail } from "../../infra/host/docker.ts";
import { cpuSecondsOf } from "../process-cpu.ts";

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
