import { ownershipConfirmed } from "../base/events/catalogue/nft.ts";
import type { EventPublisher } from "../base/events/publisher.ts";
import type { Database } from "../base/postgres/database.ts";
import type { Chain, ChainReceipt, SignedCall } from "./chain/chain.ts";
import {
  type ChainOperation,
  deepOperations,
  holdLease,
  keepSigned,
  lastNonce,
  leaveLease,
  noteFinal,
  noteMined,
  noteSent,
  noteUnmined,
  sendableOperations,
  startOver,
  submittedOperations,
} from "./chain-operations-store.ts";
import { awaitConfirmation, takeConfirmed } from "./settlements-store.ts";

export interface ChainRunnerParts {
  readonly database: Database;
  readonly events: EventPublisher;
  readonly chain: Chain;
  /** Who this is, among all that could send to the chain. */
  readonly instance: string;
}

/** How a runner behaves; the defaults are what the platform runs with. */
export interface ChainRunnerTuning {
  /** Wait between two sendings of a transaction that is in no block, ms. @default 20000 */
  readonly resendAfterMs?: number;
  /** Time after which the first of those that wait offers more, ms. @default 120000 */
  readonly raiseAfterMs?: number;
  /** First wait after a failure, doubled up to a hundredfold, in seconds. @default 3 */
  readonly retrySeconds?: number;
}

/** Transactions on their way at a time. */
const IN_FLIGHT = 50;
/** Longer than any step takes; whoever dies holds the others up so long at most. */
const LEASE_SECONDS = 30;

/**
 * Brings what is wanted of a chain to it, outside of every transaction that wants something: signs, writes the signed
 * transaction down, sends it, follows it into a block and until enough blocks lie on top. One process does it at a
 * time. It can end at any point: the next one sends the same signed transaction again, which has one effect.
 */
export class ChainRunner {
  readonly #parts: ChainRunnerParts;
  readonly #tuning: Required<ChainRunnerTuning>;
  #height: number | undefined;

  constructor(parts: ChainRunnerParts, tuning: ChainRunnerTuning = {}) {
    this.#parts = parts;
    this.#tuning = {
      resendAfterMs: tuning.resendAfterMs ?? 20_000,
      raiseAfterMs: tuning.raiseAfterMs ?? 120_000,
      retrySeconds: tuning.retrySeconds ?? 3,
    };
  }

  /** Number of the newest block as far as it is known here; asked for where nobody has looked yet. */
  async height(): Promise<number> {
    return (this.#height ??= await this.#parts.chain.height());
  }

  /**
   * Goes on with everything once.
   * @returns whether there is more to do at once
   * @throws ChainUnavailable, or the database's error; nothing is lost by it.
   */
  async turn(): Promise<boolean> {
    this.#height = await this.#parts.chain.height();
    if (!(await this.#hold())) return false;
    const mined = await this.#follow();
    const sent = await this.#send();
    const final = await this.#finish(this.#height - this.#parts.chain.finalAfter);
    return mined + sent + final > 0;
  }

  /** Lets another instance go on at once. */
  async stop(): Promise<void> {
    const { database, chain, instance } = this.#parts;
    await leaveLease(database, chain.key, instance);
  }

  #hold(): Promise<boolean> {
    const { database, chain, instance } = this.#parts;
    return holdLease(database, chain.key, instance, LEASE_SECONDS);
  }

  /** Asks what has become of what was sent. */
  async #follow(): Promise<number> {
    const { database, chain } = this.#parts;
    const mined: { id: string; receipt: ChainReceipt }[] = [];
    const waiting: ChainOperation[] = [];
    for (const operation of await submittedOperations(database, chain.key, IN_FLIGHT)) {
      const { id, signed } = operation;
      // Its transaction was of somebody else, and its block is gone.
      const outcome = signed === undefined ? ({ state: "lost" } as const) : await chain.outcome(id, signed);
      if (outcome.state === "mined") mined.push({ id, receipt: outcome });
      else if (outcome.state === "waiting") waiting.push(operation);
      else await startOver(database, id, `transaction ${signed?.transactionHash ?? "of another account"} is ${outcome.state}`, outcome.state === "lost" ? 0 : this.#tuning.retrySeconds);
    }
    await this.#noteMined(mined);
    await this.#sendAgain(waiting);
    return mined.length;
  }

  async #noteMined(mined: readonly { readonly id: string; readonly receipt: ChainReceipt }[]): Promise<void> {
    if (mined.length === 0) return;
    await this.#parts.database.transaction(async (tx) => {
      const listings = await noteMined(tx, mined);
      for (const id of listings) await awaitConfirmation(tx, id);
    });
  }

  async #sendAgain(waiting: readonly ChainOperation[]): Promise<void> {
    const { database, chain } = this.#parts;
    const { raiseAfterMs, resendAfterMs } = this.#tuning;
    for (const [index, operation] of waiting.entries()) {
      let { signed } = operation;
      if (signed === undefined) continue;
      // All others wait for the first one, whatever they offer.
      if (index === 0 && operation.signedAgoMs > raiseAfterMs) {
        signed = await chain.sign(operation, { instead: signed });
        await keepSigned(database, [{ id: operation.id, signed }]);
      } else if (operation.sentAgoMs <= resendAfterMs) {
        continue;
      }
      await chain.send(signed);
      await noteSent(database, [operation.id]);
    }
  }

  /** Signs and sends what waits. The first failure ends it: the next turn begins with another operation. */
  async #send(): Promise<number> {
    const { database, chain } = this.#parts;
    const wanted = await sendableOperations(database, chain.key, IN_FLIGHT);
    if (wanted.length === 0) return 0;
    let above = await lastNonce(database, chain.key);
    const ready = [];
    for (const operation of wanted) {
      try {
        const earlier = await chain.find(operation.id);
        if (earlier !== undefined) {
          await this.#noteMined([{ id: operation.id, receipt: earlier }]);
          continue;
        }
        const signed = await chain.sign(operation, { above });
        above = signed.nonce;
        ready.push({ id: operation.id, signed });
      } catch (error) {
        await startOver(database, operation.id, causeOf(error), this.#tuning.retrySeconds);
        if (ready.length === 0) throw error;
        break;
      }
    }
    if (ready.length === 0 || !(await this.#hold())) return 0;
    // Written down before the first of them is sent: whoever goes on from here sends the same transactions.
    await keepSigned(database, ready);
    for (const { signed } of ready) await chain.send(signed);
    await noteSent(database, ready.map(({ id }) => id));
    return ready.length;
  }

  /** Ends what enough blocks lie on, where it is still in the block that it was in. */
  async #finish(height: number): Promise<number> {
    const { database, chain, events } = this.#parts;
    const final: ChainOperation[] = [];
    for (const operation of await deepOperations(database, chain.key, height, IN_FLIGHT)) {
      const { id, signed, blockNumber } = operation;
      const receipt = await this.#receiptOf(id, signed);
      if (receipt === undefined) await noteUnmined(database, id);
      else if (receipt.blockNumber === blockNumber) final.push(operation);
      else await this.#noteMined([{ id, receipt }]);
    }
    if (final.length === 0) return 0;
    await database.transaction(async (tx) => {
      await noteFinal(tx, final.map(({ id }) => id));
      const confirmed = await takeConfirmed(tx, final.flatMap(({ listingId }) => (listingId === null ? [] : [listingId])));
      for (const sale of confirmed) await events.publish(tx, ownershipConfirmed, { aggregateId: sale.tokenId, data: sale });
    });
    return final.length;
  }

  /** Where an operation is by now; absent when its block is gone. */
  async #receiptOf(id: string, signed: SignedCall | undefined): Promise<ChainReceipt | undefined> {
    const { chain } = this.#parts;
    if (signed === undefined) return chain.find(id);
    const outcome = await chain.outcome(id, signed);
    return outcome.state === "mined" ? outcome : undefined;
  }
}

/** What a failure was about, in the node's own words: the innermost ones, in one line, without the node's address. */
function causeOf(error: unknown): string {
  let words = String(error);
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    words = "details" in at && typeof at.details === "string" && at.details !== "" ? at.details : at.message;
  }
  return words.split("\n")[0] ?? words;
}
