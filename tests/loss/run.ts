import { setTimeout as delay } from "node:timers/promises";
import { check, type Verdict } from "./checker.ts";
import { faults } from "./faults.ts";
import { operate, type Acknowledged } from "./operations.ts";
import type { LossPlatform } from "./platform.ts";
import { SeededRandom } from "./random.ts";

export interface LossRun {
  readonly seed: number;
  readonly operations: number;
  /** Operations at a time. */
  readonly clients: number;
  /** Times that each kind of fault happens. */
  readonly rounds: number;
  /** Longest wait for what is missing at the end, ms. */
  readonly settleMs: number;
}

export interface LossResult extends Verdict {
  readonly acknowledged: Acknowledged;
  /** What went wrong, in order. */
  readonly history: readonly string[];
}

/** Operates while faults happen, then waits for the platform to come to rest and judges it. */
export async function runLoss(platform: LossPlatform, { seed, operations, clients, rounds, settleMs }: LossRun): Promise<LossResult> {
  const random = new SeededRandom(seed);
  const acknowledged: Acknowledged = { trades: [], posts: [], planted: [] };
  const history: string[] = [];
  let next = 1;
  let allowed = operations / (rounds * faults.length + 1);
  const plantEvery = Math.max(10, Math.floor(operations / 10));
  const client = async (): Promise<void> => {
    while (next <= operations) {
      if (next > allowed) {
        await delay(20);
        continue;
      }
      const n = next;
      next += 1;
      await operate(platform, n, new SeededRandom(seed + n), acknowledged, plantEvery);
    }
  };
  // Each kind as often as the others, in an order of the seed's; the operations are spread over them.
  const trouble = async (): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const order = faults.map((fault) => ({ fault, at: random.next() })).sort((a, b) => a.at - b.at);
      for (const { fault } of order) {
        allowed += operations / (rounds * faults.length + 1);
        await delay(random.between(50, 400));
        history.push(fault.name);
        await fault.run(platform, random);
        // A platform that never stands would acknowledge nothing, and so show nothing.
        await platform.untilReady();
      }
    }
    allowed = operations;
  };
  await Promise.all([trouble(), ...Array.from({ length: clients }, client)]);
  return { ...(await check(platform, acknowledged, settleMs)), acknowledged, history };
}
