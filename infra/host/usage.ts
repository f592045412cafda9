import { docker } from "./docker.ts";

/** What a container uses now. */
export interface ContainerUsage {
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  /** 100 is one core. */
  readonly cpuPercent: number;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
/** The engine measures for a second or two; a busy one takes longer, and then goes without. */
const DEADLINE_MS = 8_000;

function bytes(text: string): number {
  const [, amount, unit] = /^([\d.]+)\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  return Number(amount) * (UNITS[unit ?? ""] ?? Number.NaN);
}

/** Reads what `docker stats --format {{json .}}` prints; a container that it does not know the figures of is left out. */
export function parseUsage(output: string): ReadonlyMap<string, ContainerUsage> {
  const usage = new Map<string, ContainerUsage>();
  for (const line of output.split("\n").filter((each) => each.startsWith("{"))) {
    const { Name, MemUsage, CPUPerc } = JSON.parse(line) as Readonly<Record<string, string>>;
    const [used = "", limit = ""] = (MemUsage ?? "").split("/");
    const entry = { memoryBytes: bytes(used), memoryLimitBytes: bytes(limit), cpuPercent: Number.parseFloat(CPUPerc ?? "") };
    // A container that is going says 0 of 0.
    if (Name !== undefined && entry.memoryLimitBytes > 0 && Number.isFinite(entry.memoryBytes + entry.cpuPercent)) usage.set(Name, entry);
  }
  return usage;
}

/** What running containers use, by name; undefined when the engine does not say in time. */
export async function containerUsage(names: readonly string[]): Promise<ReadonlyMap<string, ContainerUsage> | undefined> {
  if (names.length === 0) return new Map();
  const result = await docker(["stats", "--no-stream", "--format", "{{json .}}", ...names], { deadlineMs: DEADLINE_MS });
  return result.code === 0 ? parseUsage(result.stdout) : undefined;
}
