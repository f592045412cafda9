import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOrFail } from "../../infra/host/run.ts";
import { CORE } from "./processes.ts";

/** Answers of one run of load. */
export interface Measured {
  readonly requestsPerSecond: number;
  /** Time that it took. */
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no 2xx, and connections that broke. */
  readonly failed: number;
}

export const CONNECTIONS = 50;
/** Requests come from so many users in turn. */
const USERS = 1000;

// Each request names another user, so that limits by user are worked for.
const WRK_SCRIPT = `
local requests = {}
local next = 0
init = function()
  for user = 1, ${USERS} do
    requests[user] = wrk.format("GET", nil, { ["Host"] = "bench", ["X-User-ID"] = tostring(user), ["Accept"] = "application/json" })
  end
end
request = function()
  next = next % ${USERS} + 1
  return requests[next]
end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
`;

/** As much load as 50 connections can make. @param seconds 1 or more */
export async function saturate(url: string, seconds: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "astra-bench-"));
  try {
    const script = join(folder, "users.lua");
    writeFileSync(script, WRK_SCRIPT);
    const args = ["-c", String(CORE.load), "wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--timeout", "5s", "-s", script, url];
    const output = await runOrFail("taskset", args, { deadlineMs: seconds * 1000 + 20_000 });
    const fields = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output)?.slice(1).map(Number);
    if (fields === undefined) throw new Error(`wrk said something else than expected: ${output}`);
    const [requests = 0, microseconds = 1, p50 = 0, p99 = 0, failed = 0] = fields;
    return { requestsPerSecond: requests / (microseconds / 1e6), seconds: microseconds / 1e6, p50Ms: p50 / 1000, p99Ms: p99 / 1000, failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** So many requests a second, whatever the answers' times; percentiles of the exact times of all requests. */
export async function pace(url: string, requestsPerSecond: number, seconds: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "astra-bench-"));
  try {
    const log = join(folder, "requests.tsv");
    // It takes whole requests a second for each connection.
    const clients = Math.min(CONNECTIONS, Math.max(1, Math.floor(requestsPerSecond)));
    const rate = `--rps=${Math.max(1, Math.round(requestsPerSecond / clients))}`;
    const args = ["-c", String(CORE.load), "h2load", "--h1", "-t1", `-c${clients}`, rate, `-D${seconds}`, `--log-file=${log}`, "-H", "x-user-id: 7", url];
    await runOrFail("taskset", args, { deadlineMs: seconds * 1000 + 20_000 });
    const rows = readFileSync(log, "utf8").trim().split("\n").map((line) => line.split("\t").map(Number));
    // The first second is connections and warming up.
    const startUs = (rows[0]?.[0] ?? 0) + 1e6;
    const counted = rows.filter(([at = 0]) => at >= startUs);
    const times = counted.map(([, , microseconds = 0]) => microseconds / 1000).sort((a, b) => a - b);
    const failed = counted.filter(([, status = 0]) => status < 200 || status > 299).length;
    return { requestsPerSecond: counted.length / Math.max(1, seconds - 1), seconds, p50Ms: at(times, 0.5), p99Ms: at(times, 0.99), failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
