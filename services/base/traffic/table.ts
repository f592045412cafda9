import type { Colour } from "../config.ts";
import { releaseProblems, type Release } from "./release.ts";

/** Share of the traffic of one workload, [0, 100] each; not both 0. */
export interface ColourWeights {
  readonly blue: number;
  readonly green: number;
}

/** Who gets which share of the traffic: one table for the whole environment. */
export interface TrafficTable {
  /** Counts up from 1 with every change; the highest one wins. */
  readonly version: number;
  /** When it was written, ISO 8601. */
  readonly at: string;
  /** Who wrote it: a command, the agent, an instance at first start. */
  readonly by: string;
  readonly reason: string;
  readonly weights: Readonly<Record<string, ColourWeights>>;
  /** The weights before this change, for a rollback. Every step of a release keeps those from before the first. */
  readonly previous?: Readonly<Record<string, ColourWeights>>;
  /** The last change of colour; absent before the first. */
  readonly release?: Release;
}

export const TRAFFIC_KEY = "astra:traffic";
/** Every change is announced here, with the new version as message. */
export const TRAFFIC_CHANNEL = "astra:traffic";

/** A traffic table that does not hold; every problem on a line with its path. */
export class TrafficTableError extends Error {
  override readonly name = "TrafficTableError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`not a traffic table:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads a table as it stands in Redis. Unknown fields are left alone: a newer colour may write more.
 * @throws TrafficTableError with every problem.
 */
export function parseTrafficTable(json: string): TrafficTable {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new TrafficTableError([`(whole): is not JSON (got ${JSON.stringify(json.slice(0, 60))})`]);
  }
  const problems = tableProblems(value);
  if (problems.length > 0) throw new TrafficTableError(problems);
  return value as TrafficTable;
}

/** What is wrong with a value that should be a traffic table; empty when nothing is. */
export function tableProblems(value: unknown): readonly string[] {
  if (!isRecord(value)) return ["(whole): takes an object"];
  const problems: string[] = [];
  if (!Number.isSafeInteger(value["version"]) || Number(value["version"]) < 1) {
    problems.push(`version: takes a whole number from 1 (got ${JSON.stringify(value["version"])})`);
  }
  for (const key of ["at", "by", "reason"]) {
    if (typeof value[key] !== "string") problems.push(`${key}: takes text (got ${JSON.stringify(value[key])})`);
  }
  problems.push(...weightsProblems("weights", value["weights"]));
  if (value["previous"] !== undefined && value["previous"] !== null) {
    problems.push(...weightsProblems("previous", value["previous"]));
  }
  if (value["release"] !== undefined && value["release"] !== null) problems.push(...releaseProblems(value["release"]));
  return problems;
}

function weightsProblems(path: string, weights: unknown): string[] {
  if (!isRecord(weights)) return [`${path}: takes an object of workloads`];
  return Object.entries(weights).flatMap(([workload, entry]) => {
    if (!isRecord(entry)) return [`${path}.${workload}: takes {blue, green}`];
    const wrong = (["blue", "green"] satisfies Colour[]).filter((colour) => !isWeight(entry[colour]));
    if (wrong.length > 0) {
      return wrong.map((colour) => `${path}.${workload}.${colour}: takes a number from 0 to 100 (got ${JSON.stringify(entry[colour])})`);
    }
    return entry["blue"] === 0 && entry["green"] === 0 ? [`${path}.${workload}: one colour needs weight (got 0 for both)`] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWeight(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 100;
}

/** The table of an environment that had none: everything to the colour that came first. */
export function firstTable(workloads: readonly string[], colour: Colour, by: string, at: Date): TrafficTable {
  const all: ColourWeights = colour === "blue" ? { blue: 100, green: 0 } : { blue: 0, green: 100 };
  return {
    version: 1,
    at: at.toISOString(),
    by,
    reason: `first start: all traffic to ${colour}`,
    weights: Object.fromEntries(workloads.map((workload) => [workload, all])),
  };
}
