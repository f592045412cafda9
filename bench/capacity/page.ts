import { DATABASE_CONNECTIONS } from "../../infra/platform/defaults.ts";
import type { ApiResult } from "../api/result.ts";
import { ASSUMPTIONS, type Assumption } from "./assumptions.ts";
import { computeCapacity, demand, type Part } from "./compute.ts";

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const whole = (value: number): string => Math.round(value).toLocaleString("en");
const short = (value: number): string => (value < 10 ? value.toFixed(1) : whole(value));
const gigabytes = (bytes: number): string => `${short(bytes / 1e9)} GB`;

function partRow(part: Part): string {
  const { name, microsPerTrade, perCore, coresAtTarget, instancesAtTarget, isNode } = part;
  const instances = isNode ? `${instancesAtTarget} ${instancesAtTarget === 1 ? "instance" : "instances"}` : name === "postgres" ? "see below" : `${instancesAtTarget} cores`;
  return row([name, whole(microsPerTrade), Number.isFinite(perCore) ? whole(perCore) : "-", coresAtTarget.toFixed(1), instances]);
}

const HEAD = `# Capacity

How far one machine goes, and what it takes to 10,000 trades a second and 100,000 users a month. **Generated** by
\`npm run capacity\` from \`docs/figures/api.json\`, which \`npm run bench:api -- --json docs/figures/api.json\` writes: change the
figures there, the assumptions in \`bench/capacity/assumptions.ts\`, and not this page.
`;

function assumed(): string {
  return `## Assumed
| what | value | why |
|---|---:|---|
${(Object.values(ASSUMPTIONS) as readonly Assumption[]).map(({ value, unit, why }) => row([unit, value.toLocaleString("en"), why])).join("\n")}

That CPU time for each trade stays the same on more and larger machines is an assumption too. It leaves out what a network
between machines adds, and what many cores in one PostgreSQL lose to each other.
`;
}

/** What the number of users alone comes to. */
function demanded(): string {
  const { dailyUsers, requestsPerSecond, tradesPerSecond } = demand();
  return `## ${whole(ASSUMPTIONS.monthlyUsers.value)} users a month
${whole(dailyUsers)} a day make ${whole(requestsPerSecond)} requests/s and ${short(tradesPerSecond)} trades/s in the busiest minute. For availability, and not for load, it
takes two machines. The gateway's measured limit is in the [benchmarks](benchmarks.md#the-gateway-beside-other-proxies-npm-run-benchgateway).
`;
}

/** docs/capacity.md, whole. Every figure is from the bench's run, computed from it, or an assumption that is named. */
export function capacityPage(result: ApiResult | undefined): string {
  if (result !== undefined) return `${HEAD}\n${measured(result)}`;
  return `${HEAD}\n## Measured\nNothing yet: the run of the benchmark is missing, and with it everything that follows from it.\n\n${assumed()}\n${demanded()}`;
}

function measured(result: ApiResult): string {
  const capacity = computeCapacity(result);
  const { step, parts, firstFull, databases } = capacity;
  const { tradesPerDay, tradesPerSecond } = demand();
  const target = ASSUMPTIONS.targetPerSecond.value;
  const percent = `${ASSUMPTIONS.utilisation.value * 100} %`;
  const total = parts.reduce((sum, { microsPerTrade }) => sum + microsPerTrade, 0);
  const cores = parts.reduce((sum, { coresAtTarget }) => sum + coresAtTarget, 0);
  const perCoreOf = (name: string): number => parts.find((part) => part.name === name)?.perCore ?? Infinity;
  const peakTrades = target * ASSUMPTIONS.peakHours.value * 3600 + tradesPerDay;
  const oneServer = perCoreOf("postgres") * ASSUMPTIONS.coresPerDatabase.value;
  const consumers = parts.filter(({ name }) => ["gamification", "social", "financial", "user", "nft"].includes(name));
  const instances = Math.floor((DATABASE_CONNECTIONS.max - DATABASE_CONNECTIONS.reserve) / DATABASE_CONNECTIONS.perInstance);
  const slowest = [...consumers].sort((a, b) => a.perCore - b.perCore)[0];
  return `## Measured
${result.at}: ${result.cores} x ${result.cpu}, Node ${result.node}, all parts and the load on this machine, load average before ${result.loadBefore.toFixed(1)};
the load profile (limits raised, no container held below the machine's CPU), ${result.users} users by token, orders of 10 USD through
edge and gateway, ${result.secondsPerStep} s a rate. How it is measured: [benchmarks](benchmarks.md#trades-through-the-gateway).

| | |
|---|---:|
| ${capacity.metGoal ? `highest rate with p95 < ${result.goalP95Ms} ms` : `no rate had p95 < ${result.goalP95Ms} ms; the fastest`} | ${whole(step.durablePerSecond)} durable trades/s |
| p50, p95, p99 at it | ${short(step.p50Ms)}, ${short(step.p95Ms)}, ${short(step.p99Ms)} ms |
| all effects applied after the load's end | ${short(step.drainedAfterSeconds)} s |
| CPU time of a trade with all its effects (load aside) | ${whole(total)} µs |
| events and effects of a trade | ${capacity.eventsPerTrade.toFixed(1)} and ${capacity.effectsPerTrade.toFixed(1)} |
| tables and indexes of a trade | ${whole(capacity.bytesPerTrade)} bytes |
| write-ahead log of a trade | ${whole(capacity.walBytesPerTrade)} bytes |

${assumed()}
## What is full first
One core at ${percent} takes so many trades a second of each part, with all effects; the last two columns are for ${whole(target)} trades/s.

| part | CPU µs a trade | trades/s a core | cores | instances |
|---|---:|---:|---:|---|
${parts.map(partRow).join("\n")}
| **all** | **${whole(total)}** | | **${cores.toFixed(1)}** | |

A Node process is one core, so the first part of which one instance (of PostgreSQL: one server of ${ASSUMPTIONS.coresPerDatabase.value} cores) is not enough is
**${firstFull.name}**, at ${whole(firstFull.atPerSecond)} trades/s. On one machine of ${result.cores} cores all parts share what there is: ${whole((result.cores * 1e6) / total)} trades/s
would use all of it, the load left aside.

${demanded()}
One machine like the measured one takes ${whole(step.durablePerSecond / tradesPerSecond)} times those trades.
Storage: ${gigabytes(tradesPerDay * capacity.bytesPerTrade)} a day for trades and their effects, ${gigabytes(tradesPerDay * capacity.bytesPerTrade * ASSUMPTIONS.retentionDays.value)} in ${ASSUMPTIONS.retentionDays.value} days.

## ${whole(target)} trades a second
Redis carries ${whole(target * capacity.eventsPerTrade)} events/s (its measured limits: [benchmarks](benchmarks.md#events)), PostgreSQL writes ${(target * capacity.walBytesPerTrade / 1e6).toFixed(0)} MB/s of
write-ahead log and ${whole(target * capacity.effectsPerTrade)} effects/s. ${ASSUMPTIONS.peakHours.value} h of it a day leaves ${gigabytes(peakTrades * capacity.bytesPerTrade)} a day.

| from about | what is full | what changes |
|---:|---|---|
| ${whole(Math.min(perCoreOf("trading"), perCoreOf("gateway")))}/s | one process of trading or gateway | \`replicas.trading\`, \`replicas.gateway\`, or \`kubernetes.autoscaling\`: both keep no state; ${parts.find(({ name }) => name === "trading")?.instancesAtTarget ?? 1} and ${parts.find(({ name }) => name === "gateway")?.instancesAtTarget ?? 1} instances at the target |
| ${whole(slowest?.perCore ?? 0)}/s | one process of ${slowest?.name ?? "-"}: effects come later, trades do not | \`replicas\` of that service: instances of a group share its events |
| ${whole(perCoreOf("redis"))}/s | one core of Redis | a Redis for the gateway's limits beside the event bus's; then a stream a domain on Redis Cluster (keys are by domain already) |
| ${instances} instances in all | PostgreSQL's ${DATABASE_CONNECTIONS.max} connections, ${DATABASE_CONNECTIONS.perInstance} for each instance of both colours | a pooler in front (statements are prepared: PgBouncer from 1.21 on), or fewer connections an instance |
| ${whole(oneServer)}/s | one PostgreSQL of ${ASSUMPTIONS.coresPerDatabase.value} cores | a server for each domain: schemas share nothing, and no role reads another's. Then trading's by \`user_id\`: accounts, positions, keys and outbox of a user stand together, and no order touches two users. At the target ${databases} server${databases === 1 ? "" : "s"} of that size in all |
| ${gigabytes(100e9)} of tables | vacuum and indexes | \`positions\`, \`trades\`, \`outbox\`, \`inbox\` partitioned by day (ids are UUIDv7, so by time already); old days detached instead of deleted |
| any | lists, feeds, leaderboards | read replicas for what may be a second old; orders and balances stay on the writer |

## What would have to be measured next
Two machines instead of one, PostgreSQL with more than two cores, and a relay for each shard: one active relay a domain carries
a domain's events now, and its rate is in the [benchmarks](benchmarks.md#events).
`;
}
