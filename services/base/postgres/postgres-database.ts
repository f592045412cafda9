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
import { isStalePlan, run } from "./prepared.ts";
import { sendTogether } from "./send-together.ts";

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

/** A connection of the pool while somebody has it. */
interface Taken {
  readonly client: pg.PoolClient;
  readonly giveBack: (error?: unknown, broken?: boolean) => void;
}

/** Runs of a statement or transaction that another one got in the way of, the first included. */
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
      // Statements that do not wait for each other's results go out one behind the other.
      pipeline: true,
      idleTimeoutMillis: options.idleMs ?? 10_000,
    });
    // One that is cut in the moment in which it is given out, in the same message that says that it is there, has nobody
    // else to hear of it, and what nobody hears ends the process. Whoever uses it next is told.
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
    this.#pool.on("error", (error) => options.log.warn({ reason: error.message }, "an idle database connection was lost"));
    this.#breaker = new DatabaseBreaker(options.breaker);
    this.#metrics = options.metrics;
    this.#spans = new SqlSpans(options.settings);
    this.#maxWaiting = options.maxWaiting ?? 500;
    this.#registerGauges(max);
  }

  async query<T>(sql: string, params?: unknown[]): Promise<T[]> {
    const result = await this.#tried(() =>
      this.#spans.statement(sql, () => this.#breaker.run(() => this.#withClient((client) => run(client, sql, params)))),
    );
    return result.rows as T[];
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#tried(() => this.#spans.transaction(() => this.#attempt(work)));
  }

  /** Runs it again where something got in the way that rolled all of it back. */
  async #tried<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#measured(work);
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
    const { client, begun } = await this.#begin();
    const tx = new OpenTransaction(client.client, this.#spans, begun);
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

  /** Sends BEGIN and does not wait for its answer: the first statement goes with it. */
  async #begin(): Promise<{ client: Taken; begun: Promise<unknown> }> {
    let onSent: (client: Taken) => void = () => undefined;
    const sent = new Promise<Taken>((resolve) => (onSent = resolve));
    // The breaker watches the way to the database only, from the connection to the first answer: what becomes of the
    // transaction is its own affair.
    const begun = this.#breaker.run(async () => {
      const client = await this.#take();
      sendTogether(client.client);
      const answer = client.client.query("BEGIN");
      onSent(client);
      await answer;
    });
    // Either it was sent, or there was no connection to send it on, which is thrown here.
    const client = await Promise.race([sent, begun.then(() => sent)]);
    return { client, begun };
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
  async #take(): Promise<Taken> {
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
        client.release(broken || lost || (error !== undefined && (failureOf(error) === "connection" || isStalePlan(error))));
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
