// `npm run bench:events -- [--seconds 10] [--only redis,bullmq,bus,durable]`: the event bus beside what it stands on and a peer.
import { readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { domainServices } from "../../services/catalogue.ts";
import type { PostgresSettings } from "../../services/base/config.ts";
import { ProgramOptions } from "../../tests/support/program-options.ts";
import { removeContainer } from "../../tests/support/docker.ts";
import { makeSecretsFolder, startPostgres, startRedis, storeImages } from "../../tests/support/store-containers.ts";
import { groupsOf } from "../../tests/support/service-groups.ts";
import { BusAlone } from "./bus-alone.ts";
import { CpuMeter, type CpuUse } from "./cpu.ts";
import type { Delays } from "./delays.ts";
import { directly } from "./direct.ts";
import { Durable } from "./durable.ts";
import { fanOut } from "./mix.ts";
import { bullmq, emptyRedis, redisBenchmark } from "./peers.ts";

/** Effects a second at which their delay counts. What is offered is a little more, since the last effects come after the load's end. */
const GOAL_EFFECTS_PER_SECOND = 10_000;
const GOAL_MARGIN = 1.15;
const PARTS = ["redis", "bullmq", "bus", "durable"];
const options = new ProgramOptions(`npm run bench:events -- [--seconds 10] [--only ${PARTS.join(",")}] [--per-transaction 10]`, {
  seconds: "10",
  only: undefined,
  "per-transaction": "10",
});
const seconds = options.number("seconds");
const perTransaction = options.whole("per-transaction");
const chosen = options.someOf("only", PARTS);
const wants = (part: string): boolean => chosen.includes(part);

const number = (value: number | undefined): string => (value === undefined ? "-" : Math.round(value).toLocaleString("en"));
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);
/** CPU time a delivery, µs, by who took it. */
const cpuCells = ({ publisher, consumers, redis, postgres }: CpuUse, count: number): string[] => {
  const micros = [publisher + consumers + redis + postgres, publisher, consumers, redis, postgres].map((each) => ((each / count) * 1e6).toFixed(1));
  return [`${micros[0]} (${micros.slice(1).join(" + ")})`];
};
const quantiles = (delays: Delays): string[] => [0.5, 0.95, 0.99].map((share) => String(delays.quantile(share)));

const services = domainServices.flatMap(({ name, schema }) => (schema === undefined ? [] : [{ name, schema }]));
const nobody = { publish: () => Promise.reject(new Error("nothing is published here")) };
const deliveries = fanOut(services.flatMap(({ name }) => groupsOf(name, nobody)));

const images = await storeImages();
const secretsDir = makeSecretsFolder();
const secret = (name: string): string => readFileSync(join(secretsDir, name), "utf8");
const redis = await startRedis(images.redis, secretsDir);
const postgres = await startPostgres(images.postgres, secretsDir);
const redisSettings = { ...(await directly(redis, 6379)), password: secret("redis") };
const postgresPlace = await directly(postgres, 5432);
const cpu = await CpuMeter.of(redis.id, postgres.id);
const postgresSettings = (user: string, schema: string): PostgresSettings => ({
  ...postgresPlace, database: "astradb", user, password: secret(`postgres_${user}`), schema,
});

try {
  console.log(
    `${new Date().toISOString()}; ${availableParallelism()} x ${cpus()[0]?.model ?? "unknown CPU"}; Node ${process.versions.node}; load before: ` +
      `${loadavg().map((load) => load.toFixed(1)).join(" ")}; Redis (AOF everysec), PostgreSQL (fsync on), publisher and consumers of 6 services on this machine; ` +
      `${seconds} s each; an event of the mix is for ${deliveries.toFixed(1)} groups on average\n`,
  );
  row(["what", "events/s", "deliveries/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs a delivery (publisher + consumers + Redis + PostgreSQL)"]);
  row(["---", "---:", "---:", "---:", "---:", "---:", "---:"]);
  if (wants("redis")) row(["limit: `redis-benchmark` XADD, 50 connections, no consumer", number(await redisBenchmark(redisSettings)), "-", "-", "-", "-", "-"]);
  if (wants("bullmq")) {
    const { jobsPerSecond } = await bullmq(redisSettings, 20_000);
    row(["peer: BullMQ, one queue, one worker (one delivery a job)", number(jobsPerSecond / deliveries), number(jobsPerSecond), "-", "-", "-", "-"]);
  }
  if (wants("bus")) await busAlone();
  if (wants("durable")) await durable();
  console.log(`\nload after: ${loadavg().map((load) => load.toFixed(1)).join(" ")}`);
} finally {
  await Promise.all([removeContainer(redis.id), removeContainer(postgres.id)]);
  rmSync(secretsDir, { recursive: true, force: true });
}

async function busAlone(): Promise<void> {
  await emptyRedis(redisSettings);
  const bus = new BusAlone(redisSettings, services.map(({ name }) => name), cpu);
  await bus.flow(3, 2_000);
  const full = await bus.flow(seconds);
  row(["bus alone, as fast as it goes: published, handled by all groups, acknowledged", number(full.eventsPerSecond), number(full.handledPerSecond), ...quantiles(full.delays), ...cpuCells(full.cpu, full.handled)]);
  for (const rate of [5_000, 10_000]) {
    const paced = await bus.flow(seconds, rate);
    row([`bus alone at ${number(rate)}/s`, number(paced.eventsPerSecond), number(paced.handledPerSecond), ...quantiles(paced.delays), ...cpuCells(paced.cpu, paced.handled)]);
  }
  await bus.stop();
}

async function durable(): Promise<void> {
  await emptyRedis(redisSettings);
  const bench = await Durable.start({ redis: redisSettings, postgres: postgresSettings, services, perTransaction, cpu });
  await bench.flow(3, 200);
  const full = await bench.flow(seconds);
  row([`outbox, bus, inbox and effects durable, as fast as it goes (${perTransaction} trades a transaction)`, number(full.committedPerSecond), number(full.effectsPerSecond), ...quantiles(full.delays), ...cpuCells(full.cpu, full.effects)]);
  const half = full.committedPerSecond / 2;
  const paced = await bench.flow(seconds, half);
  row(["the same at half of that", number(paced.committedPerSecond), number(paced.effectsPerSecond), ...quantiles(paced.delays), ...cpuCells(paced.cpu, paced.effects)]);
  const atGoal = await bench.flow(seconds, (GOAL_EFFECTS_PER_SECOND * GOAL_MARGIN) / (paced.effects / paced.committed));
  row([`the same with ${number(GOAL_EFFECTS_PER_SECOND * GOAL_MARGIN)} effects/s offered`, number(atGoal.committedPerSecond), number(atGoal.effectsPerSecond), ...quantiles(atGoal.delays), ...cpuCells(atGoal.cpu, atGoal.effects)]);
  await bench.stop();
}
