import { Agent, request, type RequestOptions } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Paths that lead to all services that answer without a user. */
const PATHS = ["trading/prices", "social/feed", "gamification/leaderboard", "nft/marketplace", "financial/subscriptions/plans"];
const TICK_MS = 25;
/** One in so many requests comes over a connection of its own. */
const FRESH_EVERY = 5;
/** A machine that cannot keep up gets no more than this at one time: the load is to show failures, not to make them. */
const MOST_IN_FLIGHT = 32;
const DEADLINE_MS = 15_000;
/** A long request trickles its body for this time. */
const LONG_MS = 3_000;
const LONG_CLIENTS = 2;

export interface LoadResult {
  readonly sent: number;
  readonly long: number;
  /** One line for each request that got no answer, or not the one that it should. */
  readonly failed: readonly string[];
  /** Times of the short requests in ms, in the order in which they ended, with when they began. */
  readonly times: readonly { readonly atMs: number; readonly tookMs: number }[];
}

/** The time below which the share `quantile` of the requests stayed, in ms. */
export function quantileMs(times: LoadResult["times"], quantile: number): number {
  const sorted = times.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function send(url: string, options: RequestOptions, write: (end: (chunk?: string) => void, add: (chunk: string) => void) => Promise<void>): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const call = request(url, { ...options, timeout: DEADLINE_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
      response.on("aborted", () => reject(new Error("the answer broke off")));
    });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${DEADLINE_MS} ms`)));
    call.on("error", reject);
    write((chunk) => void call.end(chunk), (chunk) => void call.write(chunk)).catch(reject);
  });
}

/**
 * Sends so many requests a second through the edge, over kept and over fresh connections, and a few long ones beside
 * them, for as long as something else happens. It keeps its pace whatever the answers do.
 */
export async function underMixedLoad(edge: string, perSecond: number, during: () => Promise<void>): Promise<LoadResult> {
  // Shorter than the edge keeps an idle connection: else a request could meet its end.
  const kept = new Agent({ keepAlive: true, maxSockets: 64, timeout: 8_000 });
  const failed: string[] = [];
  const times: { atMs: number; tookMs: number }[] = [];
  const open = new Set<Promise<void>>();
  let over = false;
  let sent = 0;
  let long = 0;

  const fail = (what: string, error: unknown): void => {
    const code = error instanceof Error && "code" in error ? ` ${String(error.code)}` : "";
    failed.push(`${new Date().toISOString()} ${what}: ${error instanceof Error ? error.message : String(error)}${code}`);
  };
  const short = async (number: number): Promise<void> => {
    const path = `/api/v1/${PATHS[number % PATHS.length] ?? ""}`;
    const fresh = number % FRESH_EVERY === 0;
    const began = performance.now();
    try {
      const { status, text } = await send(edge + path, { agent: fresh ? false : kept }, async (end) => await Promise.resolve(end()));
      times.push({ atMs: began, tookMs: performance.now() - began });
      if (status !== 200) fail(`${path}${fresh ? " (fresh)" : ""}`, `status ${status} ${text.slice(0, 200)}`);
    } catch (error) {
      fail(`${path}${fresh ? " (fresh)" : ""}`, error);
    }
  };
  const longClient = async (): Promise<void> => {
    while (!over) {
      const body = JSON.stringify({ text: `a long request, number ${(long += 1)}` });
      try {
        const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), "x-user-id": "123" };
        const { status, text } = await send(`${edge}/api/v1/social/posts`, { method: "POST", agent: kept, headers }, async (end, add) => {
          const half = Math.floor(body.length / 2);
          add(body.slice(0, half));
          await sleep(LONG_MS);
          end(body.slice(half));
        });
        if (status !== 201) fail("long request", `status ${status} ${text.slice(0, 200)}`);
      } catch (error) {
        fail("long request", error);
      }
    }
  };

  const longOnes = Array.from({ length: LONG_CLIENTS }, longClient);
  const began = performance.now();
  const ticks = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    while (sent < due && open.size < MOST_IN_FLIGHT) {
      const one = short(sent).finally(() => open.delete(one));
      open.add(one);
      sent += 1;
    }
    // What could not be sent is not made up for: a machine that was slow would then get a burst.
    sent = Math.max(sent, due);
  }, TICK_MS);
  try {
    await during();
  } finally {
    over = true;
    clearInterval(ticks);
    await Promise.all([...open, ...longOnes]);
    kept.destroy();
  }
  return { sent: times.length, long, failed, times };
}
