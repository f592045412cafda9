import { Pool } from "undici";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { GatewayTuning } from "../tuning.ts";

const SWEEP_EVERY_MS = 10_000;
/** Shorter than the services keep idle connections, so that we and not they end them. */
const IDLE_MS = 30_000;

/** One pool of connections for each instance; pools of instances that are gone are closed. */
export class InstancePools {
  readonly #tuning: GatewayTuning;
  readonly #pools = new Map<string, Pool>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tuning: GatewayTuning) {
    this.#tuning = tuning;
  }

  /** Starts closing pools of instances that are not known any more. */
  start(known: () => readonly SeenInstance[]): void {
    this.#timer ??= setInterval(() => this.#sweep(known()), SWEEP_EVERY_MS);
  }

  of(instance: SeenInstance): Pool {
    const origin = `http://${instance.address}:${instance.port}`;
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: this.#tuning.connectionsPerInstance,
        pipelining: 1,
        connect: { timeout: this.#tuning.connectMs },
        // The proxy watches the time to an answer itself, since a request may wait for a connection first.
        headersTimeout: 0,
        bodyTimeout: this.#tuning.bodyPauseMs,
        keepAliveTimeout: 4_000,
        keepAliveMaxTimeout: IDLE_MS,
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #sweep(known: readonly SeenInstance[]): void {
    const origins = new Set(known.map((instance) => `http://${instance.address}:${instance.port}`));
    for (const [origin, pool] of this.#pools) {
      if (origins.has(origin)) continue;
      this.#pools.delete(origin);
      pool.close().catch(() => undefined);
    }
  }
}
