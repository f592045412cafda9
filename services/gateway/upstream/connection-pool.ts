import { type Asking, Connection, ConnectionError, type ConnectionOwner } from "./connection.ts";

export interface PoolOptions {
  readonly address: string;
  readonly port: number;
  readonly connectMs: number;
  /** Most connections; further requests wait, in order. */
  readonly connections: number;
  /** Longest time that an idle connection is kept, ms. */
  readonly maxIdleMs: number;
}

/** An idle connection is kept for so long where the service says nothing, ms. */
const IDLE_MS = 4_000;
/** What the service says is believed but for this: its clock and its answer's way take time. */
const HINT_MARGIN_MS = 2_000;

/** Connections to one instance. Those used last are used first, so that what is not needed becomes idle and goes. */
export class ConnectionPool implements ConnectionOwner {
  readonly #options: PoolOptions;
  readonly #all = new Set<Connection>();
  readonly #connecting = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: Asking[] = [];
  #isClosing = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Open and opening connections. */
  get size(): number {
    return this.#all.size;
  }

  /** Sends a request over a free connection, a new one, or the next that becomes free. */
  ask(asking: Asking): void {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined) break;
      if (connection.isFree) return connection.send(asking);
    }
    this.#waiting.push(asking);
    this.#openWhereNeeded();
  }

  /** Takes back a request that was not sent; false where it has been. */
  takeBack(asking: Asking): boolean {
    const index = this.#waiting.indexOf(asking);
    if (index < 0) return false;
    this.#waiting.splice(index, 1);
    return true;
  }

  /** Closes connections that were idle for too long. To be called every second. */
  sweep(): void {
    const nowMs = performance.now();
    const old = this.#idle.filter((connection) => connection.usableUntilMs <= nowMs);
    for (const connection of old) {
      this.#idle.splice(this.#idle.indexOf(connection), 1);
      connection.close();
    }
  }

  /** No new requests: requests under way are finished. */
  close(): void {
    this.#isClosing = true;
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.close();
    const error = new ConnectionError("UND_ERR_DESTROYED", "the gateway stops");
    for (const connection of [...this.#all]) connection.close(error);
    for (const asking of this.#waiting.splice(0)) asking.failed(error);
  }

  connected(connection: Connection): void {
    this.#connecting.delete(connection);
    this.free(connection, undefined);
  }

  free(connection: Connection, keepMs: number | undefined): void {
    const next = this.#waiting.shift();
    if (next !== undefined) return connection.send(next);
    const idleMs = keepMs === undefined ? IDLE_MS : Math.min(keepMs - HINT_MARGIN_MS, this.#options.maxIdleMs);
    if (this.#isClosing || idleMs <= 0) return connection.close();
    connection.usableUntilMs = performance.now() + idleMs;
    this.#idle.push(connection);
  }

  closed(connection: Connection, error: Error | undefined): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    // Whoever has waited longest hears that no connection came about; the others have theirs under way.
    if (this.#connecting.delete(connection)) this.#waiting.shift()?.failed(error ?? new ConnectionError("ECONNREFUSED", "the connection ended before it began"));
    this.#openWhereNeeded();
  }

  #openWhereNeeded(): void {
    const { address, port, connectMs, connections } = this.#options;
    while (this.#connecting.size < this.#waiting.length && this.#all.size < connections) {
      const connection = new Connection(address, port, connectMs, this);
      this.#all.add(connection);
      this.#connecting.add(connection);
    }
  }
}
