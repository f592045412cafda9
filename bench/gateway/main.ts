// `npm run bench:gateway -- [--seconds 5] [--rounds 3] [--only name,...] [--service nginx,node]`: the gateway against other
// proxies, one core each, before a service that costs next to nothing and before one like ours.
import { availableParallelism, cpus } from "node:os";
import { ProgramOptions } from "../../tests/support/program-options.ts";
import { PEERS } from "./peers.ts";
import { missingTools } from "./processes.ts";
import { runBefore } from "./run.ts";
import { UPSTREAM_KINDS, upstreamMissing } from "./upstream.ts";

const WARM_UP_SECONDS = 3;

const options = new ProgramOptions("npm run bench:gateway -- [--seconds 5] [--rounds 3] [--only NAME,...] [--service nginx,node]", {
  seconds: "5",
  rounds: "3",
  only: undefined,
  service: undefined,
});
const [seconds, rounds] = [options.number("seconds"), options.whole("rounds")];
const wanted = options.someOf("only", PEERS.map(({ name }) => name));
const kinds = options.someOf("service", UPSTREAM_KINDS);

const absent = missingTools();
if (process.platform !== "linux" || absent.length > 0 || availableParallelism() < 2) {
  const fix = absent.length > 0 ? ` Fix: apt-get install ${absent.join(" ")}` : "";
  console.error(`bench:gateway needs Linux, two cores, Docker, wrk, h2load and taskset.${fix}`);
  process.exit(1);
}

const chosen = PEERS.filter((peer) => wanted.includes(peer.name));
for (const peer of chosen) if (peer.missing !== undefined) console.log(`skipped: ${peer.name} (apt-get install ${peer.missing})`);
const peers = chosen.filter((peer) => peer.missing === undefined);
console.log(`${new Date().toISOString()}; ${availableParallelism()} x ${cpus()[0]?.model ?? "unknown CPU"}; Node ${process.versions.node}; 50 connections, ${seconds} s, median of ${rounds} rounds\n`);
for (const kind of UPSTREAM_KINDS.filter((each) => kinds.includes(each))) {
  const fix = upstreamMissing(kind);
  if (fix !== undefined) console.log(`skipped: the service ${kind} (${fix})`);
  else await runBefore(kind, { peers, seconds, rounds, warmUpSeconds: WARM_UP_SECONDS, latencies: true, say: (text) => console.log(text) });
}
