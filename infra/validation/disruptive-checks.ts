import { join } from "node:path";
import { environmentContainers } from "../host/containers.ts";
import { dockerOrFail } from "../host/docker.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { runOrFail } from "../host/run.ts";
import { PORTS } from "../platform/ports.ts";
import type { ValidationCheck, ValidationContext } from "./check.ts";
import { at, eventually, request } from "./http.ts";
import { executeTrade, feedShows } from "./journey-checks.ts";

/** Longer than any answer of the gateway may take while a service is away. */
const FALLBACK_MS = 5_000;
/** A breaker asks again after 30 to 60 s. */
const RECOVERY_MS = 90_000;
const STOP_MS = 60_000;
const COMMAND_MS = 300_000;

async function tradingContainers(context: ValidationContext): Promise<readonly string[]> {
  const all = await environmentContainers(context.environment);
  const names = all.filter((container) => container.workload === "trading" && container.state === "running");
  if (names.length === 0) throw new Error("no container of trading runs");
  return names.map((container) => container.name);
}

/** The gateway's answer for a service that is away. @throws Error when it hangs or says something else. */
async function requireFallback(context: ValidationContext): Promise<string> {
  const url = `${context.url(PORTS.edge)}/api/v1/trading/prices`;
  const answer = await request(context, url);
  if (answer.tookMs > FALLBACK_MS) throw new Error(`${url} took ${Math.round(answer.tookMs)} ms to answer without trading`);
  if (answer.status !== 503) throw new Error(`${url} answered ${answer.status} without trading, expected 503`);
  const code = at(answer.json, "code");
  if (typeof code !== "string") throw new Error(`${url}: expected a problem with a code, got ${answer.text.slice(0, 200)}`);
  return `${code} after ${Math.round(answer.tookMs)} ms`;
}

const fallback: ValidationCheck = {
  name: "without trading the gateway answers a fallback, and recovers by itself (R-GW-3, R-GW-4)",
  disruptive: true,
  async run(context) {
    const names = await tradingContainers(context);
    let detail: string;
    try {
      await dockerOrFail(["stop", ...names], { deadlineMs: STOP_MS });
      detail = await requireFallback(context);
    } finally {
      await dockerOrFail(["start", ...names], { deadlineMs: STOP_MS });
    }
    const recovered = await eventually(context, RECOVERY_MS, async () => {
      try {
        return { done: await executeTrade(context) };
      } catch (error) {
        return { notYet: error instanceof Error ? error.message : String(error) };
      }
    });
    return `${detail}; trades again ${(recovered.tookMs / 1000).toFixed(1)} s after the start`;
  },
};

async function astra(...args: readonly string[]): Promise<void> {
  await runOrFail(process.execPath, [join(PROJECT_ROOT, "infra", "cli", "main.ts"), ...args], { deadlineMs: COMMAND_MS });
}

const dataStays: ValidationCheck = {
  name: "after down and up the data is there (R-DEP-6)",
  disruptive: true,
  async run(context) {
    if (context.ephemeral) return "left out: an ephemeral environment keeps nothing";
    const tradeId = await executeTrade(context);
    await eventually(context, FALLBACK_MS, async () =>
      (await feedShows(context, tradeId)) ? { done: true } : { notYet: `the feed does not show trade ${tradeId}` },
    );
    await astra("down", "--environment", context.environment);
    await astra("up", "--environment", context.environment);
    const { value } = await eventually(context, RECOVERY_MS, async () => {
      try {
        return (await feedShows(context, tradeId)) ? { done: tradeId } : { notYet: `trade ${tradeId} is gone from the feed` };
      } catch (error) {
        return { notYet: error instanceof Error ? error.message : String(error) };
      }
    });
    return `trade ${value}`;
  },
};

/** They stop containers: only when asked for. */
export const disruptiveChecks: readonly ValidationCheck[] = [fallback, dataStays];
