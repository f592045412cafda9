import type { Measured } from "./load.ts";
import { ASTRATRADE, BARE, NGINX } from "./peers.ts";

export interface PeerResult {
  readonly name: string;
  readonly does: string;
  readonly saturated: Measured;
  /** CPU time of the proxy for each request, microseconds. */
  readonly cpuMicroseconds: number;
}

/** The middle one of several rounds. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

const number = (value: number, digits = 0): string => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Markdown table of all peers at saturation. */
export function saturationTable(results: readonly PeerResult[]): string {
  const rate = (name: string): number => results.find((result) => result.name === name)?.saturated.requestsPerSecond ?? Number.NaN;
  const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : "-");
  const rows = results.map(({ name, does, saturated, cpuMicroseconds }) =>
    [
      name,
      does,
      number(saturated.requestsPerSecond),
      number(saturated.p50Ms, 2),
      number(saturated.p99Ms, 2),
      number(cpuMicroseconds),
      String(saturated.failed),
      ratio(saturated.requestsPerSecond / rate(NGINX)),
      ratio(saturated.requestsPerSecond / rate(BARE)),
    ].join(" | "),
  );
  return ["| proxy | does besides | requests/s | p50 ms | p99 ms | CPU µs a request | failed | to nginx | to bare |", "|---|---|---:|---:|---:|---:|---:|---:|---:|", ...rows.map((row) => `| ${row} |`)].join("\n");
}

/** Markdown table of what the gateway adds at half of its saturation. */
export function addedTable(direct: Measured, through: Measured): string {
  const row = (name: string, { p50Ms, p99Ms }: Pick<Measured, "p50Ms" | "p99Ms">): string => `| ${name} | ${number(p50Ms, 2)} | ${number(p99Ms, 2)} |`;
  return [
    `| at ${number(through.requestsPerSecond)} requests/s | p50 ms | p99 ms |`,
    "|---|---:|---:|",
    row("the service itself", direct),
    row("through the gateway", through),
    row("**added**", { p50Ms: through.p50Ms - direct.p50Ms, p99Ms: through.p99Ms - direct.p99Ms }),
  ].join("\n");
}

/** Each goal with what was reached. */
export function verdicts(results: readonly PeerResult[], direct: Measured, through: Measured): readonly string[] {
  const rate = (name: string): number => results.find((result) => result.name === name)?.saturated.requestsPerSecond ?? Number.NaN;
  const line = (what: string, value: number, goal: string, reached: boolean): string =>
    Number.isNaN(value) ? `- ${what}: not measured` : `- ${what}: ${value.toFixed(2)} (goal ${goal}): ${reached ? "reached" : "NOT reached"}`;
  const toBare = rate(ASTRATRADE) / rate(BARE);
  const toNginx = rate(ASTRATRADE) / rate(NGINX);
  const p50 = through.p50Ms - direct.p50Ms;
  const p99 = through.p99Ms - direct.p99Ms;
  return [
    line("to bare @fastify/http-proxy", toBare, ">= 1.5", toBare >= 1.5),
    line("to nginx", toNginx, ">= 0.6", toNginx >= 0.6),
    line("added p50, ms", p50, "< 1", p50 < 1),
    line("added p99, ms", p99, "< 5", p99 < 5),
  ];
}
