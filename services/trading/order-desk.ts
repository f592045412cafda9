import { SpanKind } from "@opentelemetry/api";
import type { Static } from "typebox";
import type { Clock } from "../base/clock.ts";
import { currentCorrelationId, currentWork, withWork, type Work } from "../base/correlation.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Database, Transaction } from "../base/postgres/database.ts";
import { failureOf } from "../base/postgres/failures.ts";
import { Problem } from "../base/problem.ts";
import { CORRELATION_ATTRIBUTE } from "../base/tracing/attributes.ts";
import { ended, startChild, within } from "../base/tracing/trace.ts";
import { lockFreeAccounts } from "./accounts-store.ts";
import { Batcher, type Result } from "./batcher.ts";
import { type Fill, fillOrder, publishFill } from "./fill.ts";
import type { Outcome } from "./idempotency.ts";
import { earlierResponses, keepResponses } from "./idempotency-store.ts";
import type { PricedOrder } from "./order.ts";
import { recordOpenings } from "./positions-store.ts";
import type { ExecuteReply } from "./schemas.ts";

/** What the desk works with. */
export interface DeskParts {
  readonly database: Database;
  readonly events: EventPublisher;
  readonly clock: Clock;
}

type Executed = Outcome<Static<typeof ExecuteReply>>;

/** Of an order that was left out `undefined`: nothing was done. */
type Verdict = Result<Executed | undefined>;

/** An order at the desk, with the request or span that it belongs to. */
interface Submitted extends PricedOrder {
  readonly work: Work | undefined;
}

interface Filled {
  readonly submitted: Submitted;
  readonly fill: Fill;
}

/**
 * Executes the orders that come while others are being executed in one transaction: each is admitted or refused for itself,
 * and takes effect if and only if they all are committed. One transaction for each order was most of what an order cost
 * (docs/benchmarks.md).
 */
export class OrderDesk {
  readonly #parts: DeskParts;
  readonly #batcher: Batcher<Submitted, Executed | undefined>;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#batcher = new Batcher({ keyOf: ({ order }) => order.userId, work: (orders) => this.#execute(orders) });
  }

  /**
   * Executes an order together with others. `undefined`: nothing was done, and it has to be executed by itself, because its
   * account is not open yet or somebody else holds it, or because the database refused a statement for one of the orders.
   * @throws Problem what the account refuses (422), or that the database cannot serve now (503).
   */
  async execute(priced: PricedOrder): Promise<Executed | undefined> {
    const submit = (): Promise<Executed | undefined> => this.#batcher.submit({ ...priced, work: currentWork() });
    const recording = startChild("order batch", { kind: SpanKind.INTERNAL, attributes: { [CORRELATION_ATTRIBUTE]: currentCorrelationId() } });
    return await (recording === undefined ? submit() : ended(recording, () => within(recording, submit)));
  }

  async #execute(orders: readonly Submitted[]): Promise<readonly Verdict[]> {
    const [only] = orders;
    const transact = (): Promise<readonly Verdict[]> => this.#parts.database.transaction((tx) => this.#together(tx, orders));
    try {
      // What is done for several orders together belongs to none of their requests; for one alone it does.
      return await withWork(orders.length === 1 ? only?.work : undefined, transact);
    } catch (error) {
      // An error that the server answered with has rolled everything back. Without an answer all of it may be stored.
      if (error instanceof Problem || failureOf(error) !== "statement") throw error;
      return orders.map((): Verdict => ({ value: undefined }));
    }
  }

  async #together(tx: Transaction, orders: readonly Submitted[]): Promise<readonly Verdict[]> {
    const userIds = orders.map(({ order }) => order.userId);
    const keyed = orders.flatMap(({ origin }) => origin.idempotency ?? []);
    // Sent one behind the other: keys are looked for once the accounts are locked.
    const [accounts, earlierOf] = await Promise.all([
      lockFreeAccounts(tx, userIds),
      earlierResponses<Static<typeof ExecuteReply>>(tx, keyed),
    ]);
    const filled: Filled[] = [];
    const verdicts = orders.map((submitted): Verdict => {
      const { order, market, origin: { idempotency } } = submitted;
      const account = accounts.get(order.userId);
      if (account === undefined) return { value: undefined };
      try {
        const earlier = idempotency && earlierOf(idempotency);
        if (earlier !== undefined) return { value: { response: earlier, replayed: true } };
        const fill = fillOrder(order, account, market, this.#parts.clock.now());
        filled.push({ submitted, fill });
        return { value: { response: fill.reply, replayed: false } };
      } catch (error) {
        return { error };
      }
    });
    await this.#record(tx, filled);
    return verdicts;
  }

  async #record(tx: Transaction, filled: readonly Filled[]): Promise<void> {
    if (filled.length === 0) return;
    await recordOpenings(tx, filled.map(({ fill }) => fill.opening));
    for (const { submitted, fill } of filled) await withWork(submitted.work, () => publishFill(this.#parts.events, tx, fill));
    await keepResponses(
      tx,
      filled.flatMap(({ submitted: { origin }, fill }) => (origin.idempotency ? [{ request: origin.idempotency, response: fill.reply }] : [])),
    );
  }
}
