import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { EngineName } from "../../infra/engine/engine.ts";
import type { HistoryEntry } from "../../infra/history/entry.ts";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { askProbe } from "../../infra/host/probe.ts";
import type { TrafficTable } from "../../services/base/traffic/table.ts";
import { waitFor } from "../support/wait-for.ts";
import { astra, astraOk } from "./astra.ts";
import { underMixedLoad } from "./mixed-load.ts";
import { PLANTED, plantErrors } from "./planted-errors.ts";
import { rolloutSummary, type Switch } from "./rollout-summary.ts";

export interface RolloutPlace {
  readonly engine: EngineName;
  readonly environment: string;
  readonly portOffset: number;
}

const PER_SECOND = 200;
/** `npm run test:rollout` makes 20 in a row. */
const ROUNDS = Number(process.env["ASTRA_ROLLOUTS"] ?? 1);
const BASELINE_MS = 20_000;

interface Status {
  readonly traffic: TrafficTable | null;
}

function greenWeights(traffic: TrafficTable | null): readonly number[] {
  return Object.values(traffic?.weights ?? {}).map((weights) => weights.green);
}

/**
 * Rollouts and rollbacks of a platform on which blue serves and green stands by; afterwards it is so again.
 */
export function rolloutTests({ engine, environment, portOffset }: RolloutPlace): void {
  const here = ["--environment", environment];
  const edge = `http://127.0.0.1:${8000 + portOffset}`;
  const status = async (): Promise<Status> => JSON.parse((await astra("status", ...here, "--json")).output) as Status;
  const greenHas = async (): Promise<readonly number[]> => greenWeights((await status()).traffic);
  const history = async (): Promise<readonly HistoryEntry[]> => JSON.parse(await astraOk("history", ...here, "--json")) as HistoryEntry[];

  test("shows the steps of a rollout, and changes nothing by that (R-DEP-3)", async () => {
    const output = await astraOk("rollout", "green", ...here, "--dry-run");
    expect(output).toMatch(/nft +10 %, 50 %, 100 %\n[^]*gateway +10 %, 50 %, 100 %\n/);
    expect(await greenHas()).toEqual(Array.from({ length: 7 }, () => 0));
  });

  // How fast answers come on a busy machine is not what is tested here, so nobody judges it.
  test("rolls out and rolls back under 200 requests a second without a failed one (R-DEP-2, R-DEP-3)", async () => {
    const baseline = ROUNDS > 1 ? await underMixedLoad(edge, PER_SECOND, async () => await sleep(BASELINE_MS)) : undefined;
    const switches: Switch[] = [];
    const moved = async (kind: Switch["kind"], greenHas: number, ...args: readonly string[]): Promise<string> => {
      const fromMs = performance.now();
      const startedMs = Date.now();
      const output = await astraOk(kind, ...args, ...here);
      const toMs = performance.now();
      const { traffic } = await status();
      expect(greenWeights(traffic)).toEqual(Array.from({ length: 7 }, () => greenHas));
      switches.push({ kind, fromMs, toMs, inForceMs: Date.parse(traffic?.at ?? "") - startedMs });
      return output;
    };
    const load = await underMixedLoad(edge, PER_SECOND, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        expect(await moved("rollout", 100, "green", "--step-seconds", "0.5", "--skip-judgement")).toContain("green has all requests");
        expect(await moved("rollback", 0)).toContain("Requests go to blue again");
      }
    });
    if (baseline !== undefined) console.log(rolloutSummary(engine, PER_SECOND, baseline, load, switches));
    expect([...(baseline?.failed ?? []), ...load.failed]).toEqual([]);
    expect(load.sent).toBeGreaterThan(100);
    expect(load.long).toBeGreaterThan(0);
  }, ROUNDS * 600_000);

  test("is taken back by an alert that asks for it, and says who did it and why (R-DEP-3, R-MON-2)", async () => {
    await astraOk("rollout", "green", ...here, "--weights", "100", "--step-seconds", "0", "--skip-judgement");
    const labels = { alertname: "RolloutTest", action: "rollback", colour: "green", workload: "nft", severity: "critical" };
    const response = await fetch(`http://127.0.0.1:${9093 + portOffset}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      // One that does not say since when it fires is taken to do so from its end on: it would take the next test's release back too.
      body: JSON.stringify([{ labels, annotations: { summary: "A test asks for it." }, startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 60_000).toISOString() }]),
    });
    expect(response.status).toBe(200);
    const entry = await waitFor("the agent's rollback", async () => (await history()).find(({ by, detail }) => by === "agent" && detail?.startsWith("RolloutTest") === true), 60_000);
    expect(entry).toMatchObject({ kind: "rollback", colour: "blue", outcome: "ok", detail: "RolloutTest: nft green. A test asks for it." });
    expect(await greenHas()).toEqual(Array.from({ length: 7 }, () => 0));
  });

  test("is taken back by itself when it turns bad after the switch, with 5 % errors (R-DEP-3, R-MON-2)", async () => {
    const nft = `astra-${environment}-green-nft-1`;
    try {
      const { failed } = await underMixedLoad(edge, PER_SECOND, async () => {
        await astraOk("rollout", "green", ...here, "--weights", "100", "--step-seconds", "0", "--skip-judgement");
        await plantErrors(nft, 0.05);
        const plantedMs = Date.now();
        // Half a minute is the aim; a machine that cannot send its 200 requests a second waits for the rules over 2 minutes.
        const table = await waitFor("the automatic rollback", async () => {
          const { traffic } = await status();
          return traffic?.release?.state === "reverted" ? traffic : undefined;
        }, 300_000);
        expect(table).toMatchObject({ by: "agent", reason: expect.stringMatching(/^ColourErrorsWorse(Now)?: nft green\. /) as string });
        console.log(`5 % errors after the switch: taken back after ${((Date.parse(table.at) - plantedMs) / 1000).toFixed(1)} s`);
      });
      expect(failed.filter((line) => !line.includes(PLANTED))).toEqual([]);
    } finally {
      // The tests that follow want a green that serves, however this one went.
      await dockerOrFail(["restart", nft]);
      await waitFor("nft to be ready again", async () => ((await askProbe(nft, { type: "http", port: 8005, path: "/health/ready" })) ? true : undefined), 120_000);
    }
  });

  test("remembers every change with who made it and how it ended (R-DEP-6)", async () => {
    const kinds = (await history()).map(({ kind, outcome }) => `${kind} ${outcome}`);
    expect(kinds).toEqual(expect.arrayContaining(["up ok", "rollout ok", "rollback ok"]));
    expect((await history()).every(({ by, at }) => by !== "" && !Number.isNaN(Date.parse(at)))).toBe(true);
  });
}
