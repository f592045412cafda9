import { docker } from "../host/docker.ts";
import { containerName } from "../platform/names.ts";
import type { Colour } from "../platform/workload.ts";

/** What decides where requests go: per workload the weight of each colour (see docs). */
export interface TrafficTable {
  readonly version: number;
  readonly reason: string;
  readonly weights: Readonly<Record<string, Readonly<Record<Colour, number>>>>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads the table's JSON; undefined when it is none. */
export function parseTrafficTable(text: string): TrafficTable | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value["weights"])) return undefined;
  const weights = Object.entries(value["weights"]).flatMap(([workload, entry]) =>
    isRecord(entry) ? [[workload, { blue: Number(entry["blue"] ?? 0), green: Number(entry["green"] ?? 0) }] as const] : [],
  );
  return {
    version: Number(value["version"] ?? 0),
    reason: typeof value["reason"] === "string" ? value["reason"] : "",
    weights: Object.fromEntries(weights),
  };
}

/** The traffic table of an environment, asked inside the Redis container; undefined: none yet, or no Redis. */
export async function readTrafficTable(environment: string): Promise<TrafficTable | undefined> {
  const command = 'REDISCLI_AUTH="$(cat /run/secrets/redis)" exec redis-cli --raw GET astra:traffic';
  const redis = containerName(environment, undefined, "redis", 1);
  const result = await docker(["exec", redis, "sh", "-c", command], { deadlineMs: 5_000 });
  return result.code === 0 ? parseTrafficTable(result.stdout) : undefined;
}

/** The largest weight that a colour has for any workload, [0, 100]. */
export function colourWeight(table: TrafficTable, colour: Colour): number {
  return Math.max(0, ...Object.values(table.weights).map((weights) => weights[colour]));
}
