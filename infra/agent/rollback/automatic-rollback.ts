import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { Clock } from "../../../services/base/clock.ts";
import { compareAndSetTrafficTable, readTrafficTable } from "../../../services/base/traffic/store.ts";
import type { TrafficTable } from "../../../services/base/traffic/table.ts";
import type { HistoryEntry, HistoryOutcome } from "../../history/entry.ts";
import { pushToRedis } from "../../history/redis-list.ts";
import { decideAutomaticRollback } from "../../rollout/rollback.ts";
import { nextTable } from "../../rollout/table-change.ts";
import type { RollbackCall } from "./alert-message.ts";
import type { Standing } from "./standing.ts";

/** How the agent signs in the table and the history. */
export const AGENT_NAME = "agent";
const ATTEMPTS = 5;

export interface AutomaticRollbackOptions {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly log: Logger;
  /** As the engine or the registry has them now. */
  readonly containers: () => readonly Standing[] | Promise<readonly Standing[]>;
}

/** What became of an alert. */
export type RollbackResult = { readonly done: string } | { readonly frozen: string } | { readonly refused: string };

/** Turns an alert into a change of traffic, or into a freeze where nothing can go back, and writes down who, when and why. */
export class AutomaticRollback {
  readonly #options: AutomaticRollbackOptions;
  readonly #counts = { done: 0, frozen: 0, refused: 0 };

  constructor(options: AutomaticRollbackOptions) {
    this.#options = options;
  }

  /** Rollbacks since this process started, and alerts that led to none. */
  get counts(): Readonly<Record<"done" | "frozen" | "refused", number>> {
    return this.#counts;
  }

  /** @throws the connection's error where Redis cannot be asked: Alertmanager then sends the alert again. */
  async handle(call: RollbackCall): Promise<RollbackResult> {
    const result = await this.#handle(call);
    this.#counts["done" in result ? "done" : "frozen" in result ? "frozen" : "refused"] += 1;
    return result;
  }

  async #handle(call: RollbackCall): Promise<RollbackResult> {
    const { redis, clock, log } = this.#options;
    const containers = await this.#options.containers();
    const reason = `${call.alert}: ${call.workload} ${call.colour}. ${call.summary}`.trim();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const table = await readTrafficTable(redis);
      if (table === undefined) return { refused: "there is no traffic table" };
      const decision = decideAutomaticRollback({ table, containers: containers.map(asked), by: AGENT_NAME, reason, colour: call.colour, sinceMs: call.sinceMs, nowMs: clock.now() });
      if ("refused" in decision) {
        log.warn({ alert: call.alert, workload: call.workload, colour: call.colour }, `no rollback: ${decision.refused}`);
        return decision;
      }
      const next = nextTable(table, decision.change, new Date(clock.now()));
      if (!(await compareAndSetTrafficTable(redis, table.version, next))) continue;
      const isFrozen = "frozen" in decision;
      log.error({ alert: call.alert, workload: call.workload, colour: call.colour, trafficVersion: next.version }, `${isFrozen ? "frozen, not rolled back" : "rolled back"}: ${reason}`);
      await this.#remember(next, containers, reason, isFrozen ? "frozen" : "ok");
      return isFrozen ? { frozen: decision.frozen } : { done: `requests go to ${decision.colours.join(" and ")} again` };
    }
    throw new Error("the traffic table keeps changing");
  }

  async #remember({ at, release, version: trafficVersion }: TrafficTable, containers: readonly Standing[], detail: string, outcome: HistoryOutcome): Promise<void> {
    const colour = outcome === "frozen" ? release?.to : release?.from;
    const version = containers.find((one) => one.colour === colour)?.version;
    const entry: HistoryEntry = {
      id: randomUUID(),
      kind: "rollback",
      at,
      by: AGENT_NAME,
      outcome,
      seconds: 0,
      detail,
      ...(colour === undefined ? {} : { colour }),
      ...(version === undefined ? {} : { version }),
    };
    // Traffic has moved already; a history that lacks a line is no reason to say that it has not.
    await pushToRedis(this.#options.redis, entry).catch((error: unknown) =>
      this.#options.log.warn({ err: error, trafficVersion }, "the rollback could not be written into the history"),
    );
  }
}

/** The foundation has no colour; a container that is held takes no requests. */
function asked({ workload, colour, state, health }: Standing): Parameters<typeof decideAutomaticRollback>[0]["containers"][number] {
  return { workload, state, health, ...(colour === "blue" || colour === "green" ? { colour } : {}) };
}
