import type { HealthState } from "../engine/engine.ts";

/** When a container that does not get well is restarted. Times in milliseconds. */
export interface RestartRule {
  /** How long it stays unhealthy by Docker's verdict before it is restarted. */
  readonly boundMs: number;
  /** The same after a pause or stop, when the verdict is from before: long enough for a new one (30 s between probes). */
  readonly resumedBoundMs: number;
  /** Wait between the first and the second restart; doubled after each. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** Restarts within `windowMs`; past it only alerts tell. */
  readonly limit: number;
  readonly windowMs: number;
  /** After being healthy for so long it counts as cured, and its back-off starts anew. */
  readonly curedMs: number;
}

export const RESTART_RULE: RestartRule = {
  boundMs: 10_000,
  resumedBoundMs: 45_000,
  backoffMs: 10_000,
  maxBackoffMs: 300_000,
  limit: 5,
  windowMs: 3_600_000,
  curedMs: 600_000,
};

export type Decision = "wait" | "restart" | "gave-up";

/** What is known of one container's illness. Pure: it is told the time. */
export class RestartHistory {
  readonly #rule: RestartRule;
  #unhealthySinceMs: number | undefined;
  #healthySinceMs: number | undefined;
  /** Its verdict can be from before a pause. */
  #resumed = false;
  #restartsMs: readonly number[] = [];
  /** Restarts since it was last cured. */
  #attempts = 0;

  constructor(rule: RestartRule) {
    this.#rule = rule;
  }

  /** Restarts since it was last cured. */
  get attempts(): number {
    return this.#attempts;
  }

  /** How long it has been unhealthy; 0 when it is not. */
  unhealthyMs(nowMs: number): number {
    return this.#unhealthySinceMs === undefined ? 0 : nowMs - this.#unhealthySinceMs;
  }

  /** Wait after the last restart before the next one. */
  get backoffMs(): number {
    return this.#attempts === 0 ? 0 : Math.min(this.#rule.backoffMs * 2 ** (this.#attempts - 1), this.#rule.maxBackoffMs);
  }

  /** Takes in how it is now. `absent`: it does not run, or is paused, so that nobody can tell. */
  observe(health: HealthState | "absent", nowMs: number): void {
    if (health !== "unhealthy") this.#resumed = health === "absent";
    this.#unhealthySinceMs = health === "unhealthy" ? (this.#unhealthySinceMs ?? nowMs) : undefined;
    this.#healthySinceMs = health === "healthy" ? (this.#healthySinceMs ?? nowMs) : undefined;
    if (this.#healthySinceMs !== undefined && nowMs - this.#healthySinceMs >= this.#rule.curedMs) this.#attempts = 0;
    this.#restartsMs = this.#restartsMs.filter((at) => nowMs - at < this.#rule.windowMs);
  }

  decide(nowMs: number): Decision {
    if (this.#unhealthySinceMs === undefined) return "wait";
    if (this.#restartsMs.length >= this.#rule.limit) return "gave-up";
    const last = this.#restartsMs.at(-1);
    if (last !== undefined && nowMs - last < this.backoffMs) return "wait";
    const bound = this.#resumed ? this.#rule.resumedBoundMs : this.#rule.boundMs;
    return nowMs - this.#unhealthySinceMs >= bound ? "restart" : "wait";
  }

  /** It was restarted, or that was tried. */
  restarted(nowMs: number): void {
    this.#restartsMs = [...this.#restartsMs, nowMs];
    this.#attempts += 1;
    this.#unhealthySinceMs = undefined;
  }
}
