import { bestStep, type ApiResult, type Step } from "../api/result.ts";
import { ASSUMPTIONS } from "./assumptions.ts";

/** Processes of Node run on one core each: more load takes more instances. */
const NODE = new Set(["gateway", "trading", "user", "gamification", "social", "financial", "nft"]);
/** What takes part in a trade or its effects, in the order of its way. */
export const PARTS = ["edge", "gateway", "trading", "postgres", "redis", "gamification", "social", "financial", "user", "nft"] as const;

export interface Part {
  readonly name: string;
  /** CPU time of one trade with all its effects, µs. */
  readonly microsPerTrade: number;
  /** Trades/s that one core takes at the assumed utilisation; Infinity where it costs nothing. */
  readonly perCore: number;
  /** Cores at the target's rate and the assumed utilisation. */
  readonly coresAtTarget: number;
  /** Instances at that rate; of stores: cores are cores of one machine, see `databases`. */
  readonly instancesAtTarget: number;
  readonly isNode: boolean;
}

export interface Capacity {
  /** The step that the figures are of. */
  readonly step: Step;
  /** Whether that step met the bench's goal; else it is the fastest of those that did not. */
  readonly metGoal: boolean;
  readonly parts: readonly Part[];
  /** The part of which one process, or one machine of the assumed size, is full first. */
  readonly firstFull: { readonly name: string; readonly atPerSecond: number };
  /** PostgreSQL servers of the assumed size at the target's rate. */
  readonly databases: number;
  readonly bytesPerTrade: number;
  readonly walBytesPerTrade: number;
  readonly eventsPerTrade: number;
  readonly effectsPerTrade: number;
}

/** Where each part's limit is, from one run of the bench. @throws Error where nothing was measured. */
export function computeCapacity(result: ApiResult): Capacity {
  const best = bestStep(result.steps, result.goalP95Ms);
  const step = best ?? [...result.steps].sort((a, b) => b.durablePerSecond - a.durablePerSecond)[0];
  if (step === undefined) throw new Error("the bench's result has no step. Fix: npm run bench:api -- --json docs/figures/api.json");
  const utilisation = ASSUMPTIONS.utilisation.value;
  const target = ASSUMPTIONS.targetPerSecond.value;
  const parts = PARTS.map((name): Part => {
    const microsPerTrade = step.cpuMicrosPerTrade[name] ?? 0;
    const coresAtTarget = (microsPerTrade * target) / 1e6 / utilisation;
    return {
      name,
      microsPerTrade,
      perCore: microsPerTrade === 0 ? Infinity : (1e6 / microsPerTrade) * utilisation,
      coresAtTarget,
      instancesAtTarget: Math.max(1, Math.ceil(coresAtTarget)),
      isNode: NODE.has(name),
    };
  });
  const fullAt = ({ name, perCore }: Part): number => perCore * (name === "postgres" ? ASSUMPTIONS.coresPerDatabase.value : 1);
  const first = [...parts].sort((a, b) => fullAt(a) - fullAt(b))[0];
  const postgres = parts.find(({ name }) => name === "postgres");
  const { growth } = result;
  return {
    step,
    metGoal: best !== undefined,
    parts,
    firstFull: { name: first?.name ?? "", atPerSecond: first === undefined ? 0 : fullAt(first) },
    databases: Math.max(1, Math.ceil((postgres?.coresAtTarget ?? 0) / ASSUMPTIONS.coresPerDatabase.value)),
    bytesPerTrade: growth.databaseBytes / growth.trades,
    walBytesPerTrade: growth.walBytes / growth.trades,
    eventsPerTrade: growth.events / growth.trades,
    effectsPerTrade: growth.effects / growth.trades,
  };
}

/** What a number of monthly users comes to. */
export function demand(): { readonly dailyUsers: number; readonly requestsPerSecond: number; readonly tradesPerSecond: number; readonly tradesPerDay: number } {
  const { monthlyUsers, dailyShare, requestsPerUserDay, tradesPerUserDay, peakFactor } = ASSUMPTIONS;
  const dailyUsers = monthlyUsers.value * dailyShare.value;
  const tradesPerDay = dailyUsers * tradesPerUserDay.value;
  const peakOf = (perDay: number): number => (perDay / 86_400) * peakFactor.value;
  return { dailyUsers, tradesPerDay, requestsPerSecond: peakOf(dailyUsers * requestsPerUserDay.value), tradesPerSecond: peakOf(tradesPerDay) };
}
