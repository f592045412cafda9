import type { OneWayStep, Release } from "../../services/base/traffic/release.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import type { TrafficChange } from "./table-change.ts";
import { UserError } from "../host/user-error.ts";
import type { Colour } from "../platform/workload.ts";
import { freezeChange, frozenText, oneWayNow } from "./freeze.ts";
import { judge, type Measured, type Verdict } from "./judge.ts";
import type { RolloutStep } from "./plan.ts";

export interface RolloutRequest {
  readonly from: Colour;
  readonly to: Colour;
  readonly steps: readonly RolloutStep[];
  /** Steps of the whole rollout, those made earlier included. */
  readonly stepsInAll: number;
  readonly stepSeconds: number;
  readonly watchSeconds: number;
  /** A step that cannot be judged fails. */
  readonly requireTraffic: boolean;
  /** Prometheus is not asked; the containers' health still is. */
  readonly skipJudgement: boolean;
  readonly by: string;
  readonly id: string;
  /** What keeps the old colour from serving again, once the new one has served. */
  readonly oneWay: readonly OneWayStep[];
}

/** Everything that a rollout asks and changes; tests give their own. */
export interface RolloutHost {
  table(): Promise<TrafficTable | undefined>;
  /** Writes the change where the table still has this version. @returns undefined: somebody else has changed it. */
  write(version: number, change: TrafficChange): Promise<TrafficTable | undefined>;
  /** What is wrong with the new colour's containers, one line each. */
  problems(): Promise<readonly string[]>;
  measure(workload: string, colour: Colour, windowSeconds: number): Promise<Measured | undefined>;
  /** Milliseconds; any clock that does not go back. */
  now(): number;
  date(): Date;
  sleep(ms: number): Promise<void>;
}

export interface RolloutProgress {
  /** Runs one step under its title and shows what it gives back. */
  step(title: string, work: (report: (line: string) => void) => Promise<string>): Promise<void>;
}

const POLL_MS = 1_000;
/** Questions to Prometheus cost, and its answers change every 5 s. */
const JUDGE_MS = 5_000;
/** Window of what is usual for the old colour: it has to reach back to when that one had traffic. */
const USUAL_SECONDS = 300;

/** Somebody else moved traffic; what they decided stands. */
export class RolloutOvertaken extends UserError {}

/** A step failed, and everything was put back. */
export class RolloutReverted extends UserError {}

/** A step failed, and nothing can be put back: everything stays where it is. */
export class RolloutFrozen extends UserError {}

function releaseOf(request: RolloutRequest, begun: Release | undefined, at: Date, step: number): Release {
  const { id, from, to, stepsInAll, oneWay } = request;
  const startedAt = begun?.startedAt ?? at.toISOString();
  return { id: begun?.id ?? id, from, to, state: "running", step, steps: stepsInAll, startedAt, ...(oneWay.length > 0 ? { oneWay } : {}) };
}

/** Carries out a rollout step by step, and takes everything back where one fails, or freezes it where nothing can go back. */
export class Rollout {
  readonly #request: RolloutRequest;
  readonly #host: RolloutHost;
  #table: TrafficTable;
  /** Weights before the first step. */
  readonly #before: TrafficTable["weights"];
  readonly #begun: Release | undefined;

  constructor(request: RolloutRequest, host: RolloutHost, table: TrafficTable) {
    this.#request = request;
    this.#host = host;
    this.#table = table;
    const { release } = table;
    this.#begun = release?.state === "running" && release.to === request.to ? release : undefined;
    this.#before = this.#begun === undefined ? table.weights : (table.previous ?? table.weights);
  }

  /**
   * @throws RolloutReverted with the reason, after everything was put back.
   * @throws RolloutFrozen with the reason, where a migration cannot go back.
   * @throws RolloutOvertaken where somebody else changed the table meanwhile.
   */
  async run(progress: RolloutProgress): Promise<void> {
    const { steps, stepsInAll } = this.#request;
    const first = stepsInAll - steps.length + 1;
    for (const [index, step] of steps.entries()) {
      await progress.step(`${step.workload} ${step.percent} % to ${this.#request.to}`, async (report) => {
        const failure = await this.#make(step, first + index, report);
        if (failure.kind === "bad") throw await this.#revert(step, failure.text);
        return failure.text;
      });
    }
    await this.#watch();
  }

  async #make(step: RolloutStep, number: number, report: (line: string) => void): Promise<Verdict> {
    const { stepSeconds, requireTraffic, skipJudgement, by, to, from } = this.#request;
    const host = this.#host;
    const release = releaseOf(this.#request, this.#begun, host.date(), number);
    await this.#write({ by, reason: `rollout ${to}: ${step.workload} ${step.percent} %`, weights: step.weights, previous: this.#before, release });
    const began = host.now();
    const endsAt = began + stepSeconds * 1000;
    let judgeAt = began + JUDGE_MS;
    let before: Verdict | undefined;
    const look = async (): Promise<Verdict> => {
      if (skipJudgement) return { kind: "good", text: "not judged, its containers are healthy" };
      const window = (host.now() - began) / 1000;
      const [candidate, active] = await Promise.all([host.measure(step.workload, to, window), host.measure(step.workload, from, USUAL_SECONDS)]);
      return judge(candidate, active);
    };
    for (;;) {
      const problems = await host.problems();
      if (problems.length > 0) return { kind: "bad", text: problems.join("; ") };
      await this.#stillOurs();
      const now = host.now();
      if (now >= endsAt) break;
      if (now >= judgeAt) {
        const verdict = await look();
        report(verdict.text);
        // Twice in a row: one bad look may be a moment's hiccup, and waiting for the end would cost requests.
        if (verdict.kind === "bad" && before?.kind === "bad") return verdict;
        before = verdict;
        judgeAt = now + JUDGE_MS;
      }
      await host.sleep(Math.min(POLL_MS, Math.max(0, endsAt - host.now())));
    }
    const verdict = await look();
    if (verdict.kind !== "unknown") return verdict;
    if (requireTraffic) return { kind: "bad", text: `${verdict.text} (--require-traffic)` };
    return { kind: "unknown", text: `${verdict.text}; goes on, since its containers are healthy` };
  }

  async #watch(): Promise<void> {
    const { by, to, watchSeconds, stepsInAll } = this.#request;
    const release = releaseOf(this.#request, this.#table.release, this.#host.date(), stepsInAll);
    const watchUntil = new Date(this.#host.date().getTime() + watchSeconds * 1000).toISOString();
    await this.#write({
      by,
      reason: `rollout ${to}: done`,
      weights: this.#table.weights,
      previous: this.#before,
      release: { ...release, state: "watching", watchUntil },
    });
  }

  async #revert(step: RolloutStep, reason: string): Promise<UserError> {
    const { by, to, from } = this.#request;
    const { release } = this.#table;
    const why = `rollout ${to}: ${step.workload} ${step.percent} % failed: ${reason}`;
    const oneWay = oneWayNow(this.#table);
    if (release !== undefined && oneWay.length > 0) {
      await this.#write(freezeChange(this.#table, release, by, why));
      return new RolloutFrozen(`${step.workload} at ${step.percent} % of ${to} failed: ${reason}\n${frozenText(release, oneWay)}`);
    }
    await this.#write({ by, reason: why, weights: this.#before, previous: this.#before, ...(release ? { release: { ...release, state: "reverted" } } : {}) });
    return new RolloutReverted(`${step.workload} at ${step.percent} % of ${to} failed: ${reason}\nAll requests go to ${from} again, as before the rollout.`);
  }

  /** A write of nobody else comes between two of ours. */
  async #write(change: TrafficChange): Promise<void> {
    const written = await this.#host.write(this.#table.version, change);
    if (written === undefined) throw this.#overtaken(await this.#host.table());
    this.#table = written;
  }

  async #stillOurs(): Promise<void> {
    // No answer, or no table for a moment: Redis is started anew, and the gateways write the table back.
    const table = await this.#host.table().catch(() => undefined);
    if (table !== undefined && table.version > this.#table.version) throw this.#overtaken(table);
  }

  #overtaken(table: TrafficTable | undefined): RolloutOvertaken {
    const who = table === undefined ? "the traffic table is gone from Redis" : `${table.by} moved traffic (${table.reason})`;
    return new RolloutOvertaken(`The rollout has ended: ${who}. What they decided stands. ./astra status shows who gets what.`);
  }
}
