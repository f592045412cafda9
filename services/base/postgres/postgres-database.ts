import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import pg from "pg";
import type { PostgresSettings } from "../config.ts";
import type { Metrics } from "../metrics.ts";
import { DB_BREAKER_OPEN, DB_POOL_CONNECTIONS, DB_POOL_MAX, DB_POOL_WAITING } from "../metrics-contract/process.ts";
import { registerGauge } from "../metrics-contract/register.ts";
import { SqlSpans } from "../tracing/sql-span.ts";
import { connectionConfig, type ConnectionOptions } from "./connection.ts";
import { DatabaseBreaker, type BreakerOptions } from "./database-breaker.ts";
import type { Database, Transaction } from "./database.ts";
import { failureOf, problemOf } from "./failures.ts";
import { OpenTransaction } from "./open-transaction.ts";

/** Connections that a service keeps, and what it may add while many requests come at once (R-SVC-3). */
export const POOL = { base: 5, overflow: 10 } as const;

export interface DatabaseOptions extends ConnectionOptions {
  readonly settings: PostgresSettings;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Connections kept when idle. @default 5 */
  readonly base?: number;
  /** Connections on top of `base` under load. @default 10 */
  readonly overflow?: number;
  /** Time after which an idle connection above `base` is given back, ms. @default 10000 */
  readonly idleMs?: number;
  /** Callers that may wait for a connection; one more is refused at once. @default 500 */
  readonly maxWaiting?: number;
  readonly breaker?: BreakerOptions;
}

/** Runs of a transaction that another one got in the way of, the first included. */
const ATTEMPTS = 3;

/** A bounded pool behind a breaker. Connects when first asked, so a service starts while the database is away. */
export class PostgresDatabase implements Database {
  readonly #pool: pg.Pool;
  readonly #breaker: DatabaseBreaker;
  readonly #metrics: Metrics;
  readonly #maxWaiting: number;
  readonly #spans: SqlSpans;

  constructor(options: DatabaseOptions) {
    const base = options.base ?? POOL.base;
    const max = base + (options.overflow ?? POOL.overflow);
    this.#pool = new pg.Pool({
      ...connectionConfig(options.settings, options),
      min: base,
      max,
      idleTimeoutMillis: options.idleMs ?? 10_000,
    });
    this.#pool.on("error", (error) => options.log.warn({ reason: error.message }, "an idle database connection was lost"));
    this.#breaker = new DatabaseBreaker(options.breaker);
    this.#metrics = options.metrics;
    this.#spans = new SqlSpans(options.settings);
    this.#maxWaiting = options.maxWaiting ?? 500;
    this.#registerGauges(max);
  }

  async query<T>(sql: string, params?: unknown[]): Promise<T[]> {
    return this.#measured(() =>
      this.#spans.statement(sql, () =>
        this.#breaker.run(() =>
          this.#withClient(async (client) => {
            const result = await client.query(sql, params);
            return result.rows as T[];
          }),
        ),
      ),
    );
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#measured(() => this.#spans.transaction(() => this.#attempt(work)));
      } catch (error) {
        if (attempt === ATTEMPTS || failureOf(error) !== "conflict") throw error;
        // Apart from each other by chance, or the same two would meet again.
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  async close(): Promise<void> {
    this.#breaker.close();
    await this.#pool.end();
  }

  async #attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    // The breaker watches the way to the database only: what `work` throws is its own affair.
    const client = await this.#breaker.run(async () => {
      const taken = await this.#take();
      try {
        await taken.client.query("BEGIN");
        return taken;
      } catch (error) {
        taken.giveBack(error);
        throw error;
      }
    });
    const tx = new OpenTransaction(client.client, this.#spans);
    try {
      const result = await work(tx);
      await tx.commit();
      client.giveBack();
      return result;
    } catch (error) {
      await tx.rollback().then(
        () => client.giveBack(error),
        (failed: unknown) => client.giveBack(failed, true),
      );
      throw error;
    }
  }

  async #withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const taken = await this.#take();
    try {
      const result = await work(taken.client);
      taken.giveBack();
      return result;
    } catch (error) {
      taken.giveBack(error);
      throw error;
    }
  }

  /** A connection, and the one way to give it back: thrown away when the error says that it is broken. */
  async #take(): Promise<{ client: pg.PoolClient; giveBack: (error?: unknown, broken?: boolean) => void }> {
    if (this.#pool.waitingCount >= this.#maxWaiting) throw new Error("timeout exceeded when trying to connect");
    const client = await this.#pool.connect();
    // A connection that is cut between two statements says so by an event, which nobody else would hear.
    let lost = false;
    const onError = (): void => void (lost = true);
    client.on("error", onError);
    return {
      client,
      giveBack: (error, broken = false) => {
        client.removeListener("error", onError);
        client.release(broken || lost || (error !== undefined && failureOf(error) === "connection"));
      },
    };
  }

  async #measured<T>(work: () => Promise<T>): Promise<T> {
    const stop = this.#metrics.dbQueryDuration.startTimer();
    try {
      const result = await work();
      stop({ outcome: "ok" });
      return result;
    } catch (error) {
      stop({ outcome: "error" });
      throw problemOf(error);
    }
  }

  #registerGauges(max: number): void {
    const pool = this.#pool;
    const breaker = this.#breaker;
    const { registry } = this.#metrics;
    registerGauge(DB_POOL_CONNECTIONS, registry, (gauge) => {
      gauge.set({ state: "in_use" }, pool.totalCount - pool.idleCount);
      gauge.set({ state: "idle" }, pool.idleCount);
    });
    registerGauge(DB_POOL_WAITING, registry, (gauge) => gauge.set(pool.waitingCount));
    registerGauge(DB_POOL_MAX, registry).set(max);
    registerGauge(DB_BREAKER_OPEN, registry, (gauge) => gauge.set(breaker.open ? 1 : 0));
  }
}
