import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../services/base/clock.ts";
import { check, type Verdict } from "./checker.ts";
import { faults } from "./faults.ts";
import { noAnswers, operate, type Answers } from "./operations.ts";
import type { LossPlatform } from "./platform.ts";
import { SeededRandom } from "../../infra/simulate/random.ts";

export interface LossRun {
  readonly seed: number;
  readonly operations: number;
  /** Operations at a time. */
  readonly clients: number;
  /** Times that each kind of fault happens. */
  readonly rounds: number;
  /** Longest time for operations and faults; what is left of them then is left undone, ms. */
  readonly operateMs: number;
  /** Longest wait for what is missing at the end, ms. */
  readonly settleMs: number;
  /** Told how far it is, every few seconds. */
  readonly tell: (line: string) => void;
}

export interface LossResult extends Verdict {
  readonly answers: Answers;
  /** Operations that were begun. */
  readonly operations: number;
  /** What went wrong, in order. */
  readonly history: readonly string[];
  /** Time that operations and faults took, ms. */
  readonly operatedMs: number;
}

const TELL_EVERY_MS = 10_000;
/** Longest wait for the operations to come as far as the next fault. */
const KEEP_UP_MS = 30_000;

/** Operates while faults happen, then waits for the platform to come to rest and judges it. */
export async function runLoss(platform: LossPlatform, run: LossRun): Promise<LossResult> {
  const { seed, operations, clients, rounds, operateMs, settleMs, tell } = run;
  const random = new SeededRandom(seed);
  const answers = noAnswers();
  const history: string[] = [];
  const startMs = systemClock.now();
  const isLate = (): boolean => systemClock.now() - startMs > operateMs;
  const share = operations / (rounds * faults.length + 1);
  const plantEvery = Math.min(500, Math.max(10, Math.floor(operations / 10)));
  let next = 1;
  let allowed = share;
  let isOver = false;
  const client = async (): Promise<void> => {
    while (next <= operations && !isLate()) {
      if (next > allowed) {
        await delay(20);
        continue;
      }
      const n = next;
      next += 1;
      await operate(platform, n, new SeededRandom(seed + n), answers, plantEvery);
    }
  };
  // Each kind as often as the others, in an order of the seed's; the operations are spread over them.
  const trouble = async (): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const order = faults.map((fault) => ({ fault, at: random.next() })).sort((a, b) => a.at - b.at);
      for (const { fault } of order) {
        if (isLate()) return;
        const behindMs = systemClock.now() + KEEP_UP_MS;
        while (next < allowed - clients && systemClock.now() < behindMs) await delay(20);
        allowed += share;
        await delay(random.between(50, 400));
        history.push(fault.name);
        await fault.run(platform, random);
        // A platform that never stands would acknowledge nothing, and so show nothing.
        await platform.untilReady();
      }
    }
    allowed = operations;
  };
  const progress = async (): Promise<void> => {
    for (let toldMs = startMs; !isOver; await delay(200)) {
      if (systemClock.now() - toldMs < TELL_EVERY_MS) continue;
      toldMs = systemClock.now();
      for (const service of platform.services) service.revive();
      const seconds = Math.round((toldMs - startMs) / 1000);
      tell(`${seconds} s: ${next - 1} of ${operations} operations, ${acknowledged(answers)} acknowledged, ${history.length} of ${rounds * faults.length} faults, last: ${history.at(-1) ?? "none"}`);
    }
  };
  const telling = progress();
  try {
    await Promise.all([trouble(), ...Array.from({ length: clients }, client)]);
  } finally {
    isOver = true;
    await telling;
  }
  const operatedMs = systemClock.now() - startMs;
  const verdict = await check(platform, answers, settleMs, tell);
  const crashes = platform.services.flatMap((service) => service.crashes);
  return { ...verdict, faults: [...crashes, ...verdict.faults], answers, operations: next - 1, history, operatedMs };
}

/** Operations that the platform said were done. */
export function acknowledged({ trades, posts, users, planted }: Answers): number {
  return trades.length + posts.length + users.length + planted.length;
}
