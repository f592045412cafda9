// `npm run bench:gateway -- [--seconds 5] [--rounds 3] [--only name,...]`: the gateway against other proxies, one core each.
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { healthUnderLoad } from "./health.ts";
import { pace, saturate, type Measured } from "./load.ts";
import { ASTRATRADE, PEERS, type Peer, type StartedPeer } from "./peers.ts";
import { isInstalled } from "./processes.ts";
import { addedTable, median, saturationTable, verdicts, type PeerResult } from "./report.ts";
import { startUpstream } from "./upstream.ts";

const PATH = "/api/v1/trading/prices";
/** Programs that make the load, and the Debian package of each. */
const TOOLS = { wrk: "wrk", h2load: "nghttp2-client", taskset: "util-linux" } as const;

const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" }, rounds: { type: "string", default: "3" }, only: { type: "string" } } });
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const absent = Object.entries(TOOLS).filter(([program]) => !isInstalled(program));
if (process.platform !== "linux" || absent.length > 0 || availableParallelism() < 2) {
  const fix = absent.length > 0 ? ` Fix: apt-get install ${absent.map(([, name]) => name).join(" ")}` : "";
  console.error(`bench:gateway needs Linux, two cores, Docker and ${Object.keys(TOOLS).join(", ")}.${fix}`);
  process.exit(1);
}

const wanted = values.only?.split(",");
const peers = PEERS.filter((peer) => wanted === undefined || wanted.includes(peer.name));
for (const peer of peers) if (peer.missing !== undefined) console.log(`skipped: ${peer.name} (apt-get install ${peer.missing})`);
const upstream = await startUpstream();
const started: { readonly peer: Peer; readonly running: StartedPeer }[] = [];
try {
  for (const peer of peers) if (peer.missing === undefined) started.push({ peer, running: await peer.start(upstream.port) });
  console.log(`${new Date().toISOString()}; ${availableParallelism()} x ${cpus()[0]?.model ?? "unknown CPU"}; Node ${process.versions.node}; service: ${upstream.kind}; 50 connections, ${seconds} s, median of ${rounds} rounds\n`);
  const results = await saturateAll();
  console.log(`${saturationTable(results)}\n`);
  const gateway = started.find(({ peer }) => peer.name === ASTRATRADE);
  if (gateway !== undefined) await latencies(results, gateway.running);
} finally {
  for (const { running } of started) await running.stop();
  await upstream.stop();
}

/** Rounds go through all peers in turn, so that a busy moment of the machine meets all of them. */
async function saturateAll(): Promise<readonly PeerResult[]> {
  const runs = new Map<string, { measured: Measured; cpu: number }[]>();
  for (const { running } of started) await saturate(`http://127.0.0.1:${running.port}${PATH}`, 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const { peer, running } of started) {
      const before = running.cpuSeconds();
      const measured = await saturate(`http://127.0.0.1:${running.port}${PATH}`, seconds);
      const cpu = ((running.cpuSeconds() - before) / (measured.requestsPerSecond * seconds)) * 1e6;
      runs.set(peer.name, [...(runs.get(peer.name) ?? []), { measured, cpu }]);
    }
  }
  return started.map(({ peer }) => {
    const of = runs.get(peer.name) ?? [];
    const middle = (pick: (run: Measured) => number): number => median(of.map((run) => pick(run.measured)));
    return {
      name: peer.name,
      does: peer.does,
      cpuMicroseconds: median(of.map((run) => run.cpu)),
      saturated: {
        requestsPerSecond: middle((run) => run.requestsPerSecond),
        p50Ms: middle((run) => run.p50Ms),
        p99Ms: middle((run) => run.p99Ms),
        failed: of.reduce((sum, run) => sum + run.measured.failed, 0),
      },
    };
  });
}

async function latencies(results: readonly PeerResult[], gateway: StartedPeer): Promise<void> {
  const half = (results.find((result) => result.name === ASTRATRADE)?.saturated.requestsPerSecond ?? 0) / 2;
  const direct = await pace(`http://127.0.0.1:${upstream.port}${PATH}`, half, seconds + 1);
  const through = await pace(`http://127.0.0.1:${gateway.port}${PATH}`, half, seconds + 1);
  console.log(`${addedTable(direct, through)}\n`);
  console.log(await healthUnderLoad(gateway.port));
  for (const line of verdicts(results, direct, through)) console.log(line);
}
