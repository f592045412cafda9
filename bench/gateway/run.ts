import { healthUnderLoad } from "./health.ts";
import { pace, saturate, type Measured } from "./load.ts";
import { ASTRATRADE, type Peer, type StartedPeer } from "./peers.ts";
import { addedTable, median, saturationTable, verdicts, type PeerResult } from "./report.ts";
import { startUpstream, type UpstreamKind } from "./upstream.ts";

const PATH = "/api/v1/trading/prices";

export interface RunOptions {
  /** Peers that are installed. */
  readonly peers: readonly Peer[];
  /** Of each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** Before all measurements, for each peer. */
  readonly warmUpSeconds: number;
  /** Also what the gateway adds at half of its saturation, and `/health`: takes two seconds or more. */
  readonly latencies: boolean;
  /** Makes as much load as it can. @default wrk */
  readonly load?: (url: string, seconds: number) => Promise<Measured>;
  readonly say: (text: string) => void;
}

/** Measures all peers before one kind of service, in turn, so that a busy moment of the machine meets all of them. */
export async function runBefore(kind: UpstreamKind, options: RunOptions): Promise<readonly PeerResult[]> {
  const { peers, seconds, say } = options;
  const upstream = await startUpstream(kind);
  const started: { readonly peer: Peer; readonly running: StartedPeer }[] = [];
  try {
    for (const peer of peers) started.push({ peer, running: await peer.start(upstream.port) });
    say(`### Service: ${upstream.what}\n`);
    const results = await saturateAll(started, options);
    say(`${saturationTable(results)}\n`);
    const gateway = started.find(({ peer }) => peer.name === ASTRATRADE)?.running;
    if (gateway !== undefined && options.latencies) {
      const half = (results.find((result) => result.name === ASTRATRADE)?.saturated.requestsPerSecond ?? 0) / 2;
      const direct = await pace(urlOf(upstream.port), half, seconds + 1);
      const through = await pace(urlOf(gateway.port), half, seconds + 1);
      say(`${addedTable(direct, through)}\n`);
      say(await healthUnderLoad(gateway.port));
      for (const line of verdicts(results, direct, through)) say(line);
      say("");
    }
    return results;
  } finally {
    for (const { running } of started) await running.stop();
    await upstream.stop();
  }
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}${PATH}`;

type Started = readonly { readonly peer: Peer; readonly running: StartedPeer }[];

async function saturateAll(started: Started, { seconds, rounds, warmUpSeconds, load = saturate }: RunOptions): Promise<readonly PeerResult[]> {
  const runs = new Map<string, { measured: Measured; cpu: number }[]>();
  for (const { running } of started) await load(urlOf(running.port), warmUpSeconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const { peer, running } of started) {
      const before = running.cpuSeconds();
      const measured = await load(urlOf(running.port), seconds);
      const cpu = ((running.cpuSeconds() - before) / (measured.requestsPerSecond * measured.seconds)) * 1e6;
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
        seconds,
        p50Ms: middle((run) => run.p50Ms),
        p99Ms: middle((run) => run.p99Ms),
        failed: of.reduce((sum, run) => sum + run.measured.failed, 0),
      },
    };
  });
}
