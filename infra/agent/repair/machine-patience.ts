/** When illness is the machine's and not the containers'. Times in milliseconds. */
export interface PatienceRule {
  /** Fewer unhealthy at once are containers that hang, however few there are in all. */
  readonly fewest: number;
  /** Share of the containers with a verdict above which it is the machine, (0, 1). */
  readonly share: number;
  /** An engine that takes longer for one answer is on a machine that has no time for health checks either. */
  readonly slowAnswerMs: number;
  /** Longest wait; then it repairs all the same, since something may hang for good. */
  readonly boundMs: number;
}

export const PATIENCE_RULE: PatienceRule = { fewest: 3, share: 0.5, slowAnswerMs: 3_000, boundMs: 600_000 };

/** What the machine looked like at one moment. */
export interface MachineLook {
  readonly nowMs: number;
  readonly healthy: number;
  readonly unhealthy: number;
  /** Time of the engine's last answer. */
  readonly answerMs: number;
}

export type Patience = "calm" | "waiting" | "exhausted";

/**
 * Tells a starved machine, on which everything is slow and nothing gained by starting it again, from containers that
 * hang. Pure: it is told the time.
 */
export class MachinePatience {
  readonly #rule: PatienceRule;
  #sinceMs: number | undefined;

  constructor(rule: PatienceRule = PATIENCE_RULE) {
    this.#rule = rule;
  }

  /** Why it waits, in words that follow "nothing is restarted: "; undefined: there is no reason to. */
  reason({ healthy, unhealthy, answerMs }: MachineLook): string | undefined {
    const { fewest, share, slowAnswerMs } = this.#rule;
    if (unhealthy >= fewest && unhealthy > (healthy + unhealthy) * share) return `${unhealthy} of ${healthy + unhealthy} containers are unhealthy at once, so it is the machine`;
    if (unhealthy > 0 && answerMs > slowAnswerMs) return `the engine takes ${Math.round(answerMs / 1000)} s for an answer, so the machine is slow`;
    return undefined;
  }

  /** Takes a look in. `exhausted`: it would wait still, and has waited for as long as it may. */
  judge(look: MachineLook): Patience {
    if (this.reason(look) === undefined) {
      this.#sinceMs = undefined;
      return "calm";
    }
    this.#sinceMs ??= look.nowMs;
    return look.nowMs - this.#sinceMs < this.#rule.boundMs ? "waiting" : "exhausted";
  }
}
