import { Pool } from "undici";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { GatewayTuning } from "../tuning.ts";
import type { Asking } from "../upstream/connection.ts";
import { ConnectionPool } from "../upstream/connection-pool.ts";

const SWEEP_EVERY_MS = 1_000;
/** Shorter than the services keep idle connections, so that we and not they end them. */
const IDLE_MS = 30_000;

interface Pools {
  /** For requests without a body, which are most: a third of undici's cost. */
  readonly plain: ConnectionPool;
  /** For requests with a body, WebSockets and the gateway's own questions; made when it is first needed. */
  bodies: Pool | undefined;
}

/** Pools of connections for each instance; those of instances that are gone are closed. */
export class InstancePools {
  readonly #tuning: GatewayTuning;
  readonly #pools = new Map<string, Pools>();
  /** An instance keeps its pools for as long as the registry's view of it stays the same object. */
  readonly #known = new WeakMap<SeenInstance, Pools>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tuning: GatewayTuning) {
    this.#tuning = tuning;
  }

  /** Starts closing pools of instances that are not known any more. */
  start(known: () => readonly SeenInstance[]): void {
    this.#timer ??= setInterval(() => this.#sweep(known()), SWEEP_EVERY_MS);
  }

  /** For requests without a body. */
  of(instance: SeenInstance): ConnectionPool {
    return this.#poolsOf(instance).plain;
  }

  /** Takes back a request that has not been sent. */
  takeBack(instance: SeenInstance, asking: Asking): void {
    this.#poolsOf(instance).plain.takeBack(asking);
  }

  /** For everything else. */
  forBodies(instance: SeenInstance): Pool {
    const pools = this.#poolsOf(instance);
    return (pools.bodies ??= new Pool(originOf(instance), {
      connections: this.#tuning.connectionsPerInstance,
      pipelining: 1,
      connect: { timeout: this.#tuning.connectMs },
      // The proxy watches the time to an answer itself, since a request may wait for a connection first.
      headersTimeout: 0,
      bodyTimeout: this.#tuning.bodyPauseMs,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: IDLE_MS,
    }));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const all = [...this.#pools.values()];
    this.#pools.clear();
    for (const { plain } of all) plain.destroy();
    await Promise.all(all.map(({ bodies }) => bodies?.destroy()));
  }

  #poolsOf(instance: SeenInstance): Pools {
    const known = this.#known.get(instance);
    if (known !== undefined) return known;
    const origin = originOf(instance);
    let pools = this.#pools.get(origin);
    if (pools === undefined) {
      const { address, port } = instance;
      const { connectMs, connectionsPerInstance } = this.#tuning;
      pools = { plain: new ConnectionPool({ address, port, connectMs, connections: connectionsPerInstance, maxIdleMs: IDLE_MS }), bodies: undefined };
      this.#pools.set(origin, pools);
    }
    this.#known.set(instance, pools);
    return pools;
  }

  #sweep(known: readonly SeenInstance[]): void {
    const origins = new Set(known.map(originOf));
    for (const [origin, { plain, bodies }] of this.#pools) {
      plain.sweep();
      if (origins.has(origin)) continue;
      this.#pools.delete(origin);
      plain.close();
      bodies?.close().catch(() => undefined);
    }
  }
}

function originOf({ address, port }: SeenInstance): string {
  return `http://${address}:${port}`;
}
