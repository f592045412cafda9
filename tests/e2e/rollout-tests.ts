import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { HistoryEntry } from "../../infra/history/entry.ts";
import { waitFor } from "../support/wait-for.ts";
import { astra, astraOk } from "./astra.ts";
import { quantileMs, underMixedLoad } from "./mixed-load.ts";

export interface RolloutPlace {
  readonly environment: string;
  readonly portOffset: number;
}

const PER_SECOND = 200;
/** `npm run test:rollout` makes 20 in a row. */
const ROUNDS = Number(process.env["ASTRA_ROLLOUTS"] ?? 1);
const BASELINE_MS = 20_000;

interface Status {
  readonly traffic: { readonly weights: Readonly<Record<string, { readonly blue: number; readonly green: number }>> } | null;
}

/**
 * Rollouts and rollbacks of a platform on which blue serves and green stands by; afterwards it is so again.
 */
export function rolloutTests({ environment, portOffset }: RolloutPlace): void {
  const here = ["--environment", environment];
  const edge = `http://127.0.0.1:${8000 + portOffset}`;
  const greenHas = async (): Promise<readonly number[]> => {
    const { traffic } = JSON.parse((await astra("status", ...here, "--json")).output) as Status;
    return Object.values(traffic?.weights ?? {}).map((weights) => weights.green);
  };
  const history = async (): Promise<readonly HistoryEntry[]> => JSON.parse(await astraOk("history", ...here, "--json")) as HistoryEntry[];

  test("shows the steps of a rollout, and changes nothing by that (R-DEP-3)", async () => {
    const output = await astraOk("rollout", "green", ...here, "--dry-run");
    expect(output).toMatch(/nft +10 %, 50 %, 100 %\n[^]*gateway +10 %, 50 %, 100 %\n/);
    expect(await greenHas()).toEqual(Array.from({ length: 7 }, () => 0));
  });

  // How fast answers come on a busy machine is not what is tested here, so nobody judges it.
  test("rolls out and rolls back under 200 requests a second without a failed one (R-DEP-2, R-DEP-3)", async () => {
    const before = ROUNDS > 1 ? await underMixedLoad(edge, PER_SECOND, async () => await sleep(BASELINE_MS)) : undefined;
    const { failed, sent, long, times } = await underMixedLoad(edge, PER_SECOND, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        expect(await astraOk("rollout", "green", ...here, "--step-seconds", "0.5", "--skip-judgement")).toContain("green has all requests");
        expect(await greenHas()).toEqual(Array.from({ length: 7 }, () => 100));
        expect(await astraOk("rollback", ...here)).toContain("Requests go to blue again");
        expect(await greenHas()).toEqual(Array.from({ length: 7 }, () => 0));
      }
    });
    if (before !== undefined) {
      const of = (all: typeof times): string => `p50 ${quantileMs(all, 0.5).toFixed(1)} ms, p99 ${quantileMs(all, 0.99).toFixed(1)} ms`;
      console.log(`${ROUNDS} rollouts and rollbacks: ${sent} short and ${long} long requests, ${failed.length} failed; ${of(times)}; before them ${of(before.times)}`);
    }
    expect(failed).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    expect(long).toBeGreaterThan(0);
  }, ROUNDS * 600_000);

  test("is taken back by an alert that asks for it, and says who did it and why (R-DEP-3, R-MON-2)", async () => {
    await astraOk("rollout", "green", ...here, "--weights", "100", "--step-seconds", "0", "--skip-judgement");
    const labels = { alertname: "RolloutTest", action: "rollback", colour: "green", workload: "nft", severity: "critical" };
    const response = await fetch(`http://127.0.0.1:${9093 + portOffset}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ labels, annotations: { summary: "A test asks for it." }, endsAt: new Date(Date.now() + 60_000).toISOString() }]),
    });
    expect(response.status).toBe(200);
    const entry = await waitFor("the agent's rollback", async () => (await history()).find(({ by }) => by === "agent"), 60_000);
    expect(entry).toMatchObject({ kind: "rollback", colour: "blue", outcome: "ok", detail: "RolloutTest: nft green. A test asks for it." });
    expect(await greenHas()).toEqual(Array.from({ length: 7 }, () => 0));
  });

  test("remembers every change with who made it and how it ended (R-DEP-6)", async () => {
    const kinds = (await history()).map(({ kind, outcome }) => `${kind} ${outcome}`);
    expect(kinds).toEqual(expect.arrayContaining(["up ok", "rollout ok", "rollback ok"]));
    expect((await history()).every(({ by, at }) => by !== "" && !Number.isNaN(Date.parse(at)))).toBe(true);
  });
}
