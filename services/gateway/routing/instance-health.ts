import type { Clock } from "../../base/clock.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { BalanceTuning } from "../tuning.ts";

/** `refused`: nobody listens. `unanswered`: the connection did not come about in time. The others: it took the request. */
export type FailureKind = "refused" | "unanswered" | "reset" | "timeout" | "server-error";
export const FAILURE_KINDS: readonly FailureKind[] = ["refused", "unanswered", "reset", "timeout", "server-error"];

/** Connections in a row that do not come about; then nobody is there. */
const GONE_AFTER_UNANSWERED = 3;
/** Time without a failure after which earlier ejections are forgotten. */
const FORGIVE_AFTER_MS = 60_000;
const SLOWEST_SHARE = 0.1;

export interface OutInstance {
  readonly instance: SeenInstance;
  readonly kind: FailureKind;
  readonly sinceMs: number;
}

interface Mark {
  instance: SeenInstance;
  /** Failures in a row. */
  failures: number;
  out: { kind: FailureKind; sinceMs: number; probeAtMs: number } | undefined;
  /** Times that it was taken out, less and less long ago. */
  times: number;
  returnedAtMs: number;
  /** It was not there at all when it was last taken out. */
  wasGone: boolean;
}

export interface HealthListener {
  /** An instance takes no requests for now. */
  ejected(instance: SeenInstance, kind: FailureKind): void;
  returned(instance: SeenInstance): void;
}

/**
 * What requests show of the instances: who fails is taken out of the turn, never more than half of a colour's instances,
 * and comes back by a probe. Whoever refuses connections cannot be asked anyway and does not count towards that half.
 */
export class InstanceHealth {
  readonly #clock: Clock;
  readonly #tuning: BalanceTuning;
  readonly #listener: HealthListener;
  readonly #marks = new Map<string, Mark>();

  constructor(clock: Clock, tuning: BalanceTuning, listener: HealthListener) {
    this.#clock = clock;
    this.#tuning = tuning;
    this.#listener = listener;
  }

  /** An instance answered, and well. */
  succeeded(instance: SeenInstance): void {
    const mark = this.#marks.size === 0 ? undefined : this.#markOf(instance);
    if (mark === undefined) return;
    mark.failures = 0;
    if (mark.out !== undefined) this.#bringBack(mark);
  }

  /** An instance failed. `peers`: all instances of its service and colour that take requests, itself included. */
  failed(instance: SeenInstance, kind: FailureKind, peers: readonly SeenInstance[]): void {
    const mark = this.#markOf(instance) ?? this.#newMark(instance);
    mark.failures += 1;
    if (mark.out !== undefined) {
      if (kind === "refused") mark.out.kind = kind;
      return;
    }
    const isAbsent = kind === "refused" || kind === "unanswered";
    if (!isAbsent && mark.failures < this.#tuning.ejectAfter) return;
    const isGone = kind === "refused" || (kind === "unanswered" && mark.failures >= GONE_AFTER_UNANSWERED);
    const othersOut = peers.filter((peer) => peer.instance !== instance.instance && this.isOut(peer)).length;
    if (!isGone && othersOut + 1 > Math.floor(peers.length / 2)) return;
    const now = this.#clock.now();
    if (mark.returnedAtMs > 0 && now - mark.returnedAtMs > FORGIVE_AFTER_MS) mark.times = 0;
    const holdMs = Math.min(this.#tuning.probeMs * 2 ** mark.times, this.#tuning.longestProbeMs);
    mark.times += 1;
    mark.wasGone = isGone;
    mark.out = { kind: isGone ? "refused" : kind, sinceMs: now, probeAtMs: now + holdMs };
    this.#listener.ejected(instance, kind);
  }

  /** Taken out of the turn. */
  isOut(instance: SeenInstance): boolean {
    return this.#marks.size > 0 && this.#markOf(instance)?.out !== undefined;
  }

  /** Nobody listens there: as good as not running, whatever the registry still says. */
  isGone(instance: SeenInstance): boolean {
    return this.#marks.size > 0 && this.#markOf(instance)?.out?.kind === "refused";
  }

  /** Share of a full one's requests that an instance gets now, (0, 1]: less while it is new or has just come back. */
  share(instance: SeenInstance, nowMs: number): number {
    const mark = this.#marks.size === 0 ? undefined : this.#markOf(instance);
    const sinceMs = Math.max(instance.seenSinceMs, mark?.returnedAtMs ?? 0);
    const grown = (nowMs - sinceMs) / this.#tuning.slowStartMs;
    return grown >= 1 || Number.isNaN(grown) ? 1 : Math.max(SLOWEST_SHARE, grown);
  }

  /** When an instance that had been gone was there again; 0 where it never was gone. */
  backSinceMs(instance: SeenInstance): number {
    const mark = this.#marks.size === 0 ? undefined : this.#markOf(instance);
    return mark !== undefined && mark.wasGone && mark.out === undefined ? mark.returnedAtMs : 0;
  }

  out(): readonly OutInstance[] {
    return [...this.#marks.values()].flatMap(({ instance, out }) => (out === undefined ? [] : [{ instance, kind: out.kind, sinceMs: out.sinceMs }]));
  }

  /** Instances whose time for a probe has come. */
  due(): readonly SeenInstance[] {
    if (this.#marks.size === 0) return [];
    const now = this.#clock.now();
    return [...this.#marks.values()].filter(({ out }) => out !== undefined && out.probeAtMs <= now).map(({ instance }) => instance);
  }

  /** What a probe has shown. */
  probed(instance: SeenInstance, isWell: boolean): void {
    const mark = this.#markOf(instance);
    if (mark?.out === undefined) return;
    if (isWell) this.#bringBack(mark);
    else mark.out.probeAtMs = this.#clock.now() + this.#tuning.probeMs;
  }

  /** Forgets instances that the registry does not know any more. */
  retain(known: readonly SeenInstance[]): void {
    if (this.#marks.size === 0) return;
    const names = new Set(known.map((instance) => instance.instance));
    for (const name of this.#marks.keys()) if (!names.has(name)) this.#marks.delete(name);
  }

  #bringBack(mark: Mark): void {
    mark.out = undefined;
    mark.failures = 0;
    mark.returnedAtMs = this.#clock.now();
    this.#listener.returned(mark.instance);
  }

  /** Absent also where the instance was started anew since: its past says nothing of it. */
  #markOf(instance: SeenInstance): Mark | undefined {
    const mark = this.#marks.get(instance.instance);
    return mark?.instance.startedAt === instance.startedAt ? mark : undefined;
  }

  #newMark(instance: SeenInstance): Mark {
    const mark: Mark = { instance, failures: 0, out: undefined, times: 0, returnedAtMs: 0, wasGone: false };
    this.#marks.set(instance.instance, mark);
    return mark;
  }
}
