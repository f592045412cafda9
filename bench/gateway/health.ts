import { runOrFail } from "../../infra/host/run.ts";
import { CORE, isInstalled } from "./processes.ts";

/** `ab -n 1000 -c 50` on `/health` (R-GW-7), as one line. */
export async function healthUnderLoad(port: number): Promise<string> {
  if (!isInstalled("ab")) return "- /health under ab: skipped (apt-get install apache2-utils)";
  const output = await runOrFail("taskset", ["-c", String(CORE.load), "ab", "-q", "-n", "1000", "-c", "50", `http://127.0.0.1:${port}/health`], { deadlineMs: 60_000 });
  const of = (pattern: RegExp): string => pattern.exec(output)?.[1] ?? "?";
  const [p95, mean, failed] = [of(/^\s*95%\s+(\d+)/m), of(/Time per request:\s+([\d.]+) \[ms\] \(mean\)/), of(/Non-2xx responses:\s+(\d+)/)];
  return `- /health under \`ab -n 1000 -c 50\`: p95 ${p95} ms, mean ${mean} ms, not 2xx ${failed === "?" ? "0" : failed} (goal: p95 < 20 ms)`;
}
