import { describe, expect, it } from "vitest";
import type { Measured } from "../../../bench/gateway/load.ts";
import { ASTRATRADE, BARE, PEERS } from "../../../bench/gateway/peers.ts";
import { addedTable, verdicts, type PeerResult } from "../../../bench/gateway/report.ts";
import { runBefore } from "../../../bench/gateway/run.ts";

const REQUESTS = 40;

/** A few requests one after the other: whether a bench works does not need its load. */
async function few(url: string): Promise<Measured> {
  const startMs = performance.now();
  let failed = 0;
  for (let request = 0; request < REQUESTS; request += 1) {
    const response = await fetch(url, { headers: { "x-user-id": "7" } });
    const { symbol } = (await response.json()) as { symbol?: string };
    if (!response.ok || symbol !== "BTC/USD") failed += 1;
  }
  const seconds = (performance.now() - startMs) / 1000;
  return { requestsPerSecond: REQUESTS / seconds, seconds, p50Ms: 1, p99Ms: 2, failed };
}

describe.runIf(process.platform === "linux")("the bench of the gateway (issue 5)", () => {
  it("has every proxy that is installed answer before a service like ours, and says what each took", { timeout: 180_000 }, async () => {
    const peers = PEERS.filter((peer) => peer.missing === undefined);
    expect(peers.map((peer) => peer.name)).toEqual(expect.arrayContaining([ASTRATRADE, BARE]));
    const said: string[] = [];
    const results = await runBefore("node", { peers, seconds: 1, rounds: 1, warmUpSeconds: 1, latencies: false, load: few, say: (text) => said.push(text) });
    expect(results.map((result) => [result.name, result.saturated.failed])).toEqual(peers.map((peer) => [peer.name, 0]));
    for (const { cpuMicroseconds, saturated } of results) expect([Number.isFinite(cpuMicroseconds), saturated.requestsPerSecond > 0]).toEqual([true, true]);
    for (const peer of peers) expect(said.join("\n")).toContain(`| ${peer.name} |`);
  });
});

describe("what the bench says of the goals", () => {
  const measured = (requestsPerSecond: number, p50Ms = 1, p99Ms = 2): Measured => ({ requestsPerSecond, seconds: 1, p50Ms, p99Ms, failed: 0 });
  const result = (name: string, requestsPerSecond: number): PeerResult => ({ name, does: "", saturated: measured(requestsPerSecond), cpuMicroseconds: 50 });

  it("holds the gateway against its peers and its added latency", () => {
    const lines = verdicts([result(ASTRATRADE, 150), result(BARE, 100), result("nginx", 300)], measured(10), measured(10, 1.5, 9));
    expect(lines).toEqual([
      "- to bare @fastify/http-proxy: 1.50 (goal >= 1.5): reached",
      "- to nginx: 0.50 (goal >= 0.6): NOT reached",
      "- added p50, ms: 0.50 (goal < 1): reached",
      "- added p99, ms: 7.00 (goal < 5): NOT reached",
    ]);
    expect(addedTable(measured(10), measured(10, 1.5, 9))).toContain("| **added** | 0.50 | 7.00 |");
  });

  it("says of a peer that did not run that it was not measured", () => {
    expect(verdicts([result(ASTRATRADE, 150)], measured(10), measured(10))[0]).toBe("- to bare @fastify/http-proxy: not measured");
  });
});
