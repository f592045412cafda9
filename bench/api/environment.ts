import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { PORTS } from "../../infra/platform/ports.ts";
import { placeFor } from "../../tests/e2e/place.ts";

const ASTRA = join(import.meta.dirname, "../../astra");

/** Workloads that take part in a trade or its effects: each may use all of the machine. */
const WORKLOADS = ["edge", "gateway", "trading", "user", "gamification", "social", "financial", "nft", "postgres", "redis"];

/** What is different from a platform as it is deployed: limits that are counted and never reached, and CPU as far as there is any. */
function loadProfile(portOffset: number): readonly string[] {
  const cores = availableParallelism();
  return [
    `portOffset=${portOffset}`,
    "mode=production",
    "limits.perUser=1000000",
    "limits.perService=1000000",
    ...WORKLOADS.map((workload) => `resources.${workload}.cpus=${cores}`),
    "resources.postgres.memoryMb=1024",
    // Their images cannot be had everywhere: so nowhere.
    "grafana=off",
    "jaeger=off",
  ];
}

async function astra(args: readonly string[]): Promise<void> {
  const child = spawn(ASTRA, [...args], { stdio: ["ignore", "ignore", "inherit"] });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`./astra ${args.join(" ")} ended with ${code}`);
}

/** An environment of its own, deployed as any other by `./astra up`, with connections to its stores. */
export class BenchEnvironment {
  readonly environment: string;
  readonly #portOffset: number;
  readonly admin: pg.Client;
  readonly redis: Redis;

  private constructor(environment: string, portOffset: number, admin: pg.Client, redis: Redis) {
    this.environment = environment;
    this.#portOffset = portOffset;
    this.admin = admin;
    this.redis = redis;
  }

  static async up(): Promise<BenchEnvironment> {
    const { environment, portOffset } = await placeFor("api");
    const here = ["--environment", environment];
    await astra(["down", ...here, "--volumes", "--yes"]).catch(() => undefined);
    await astra(["up", ...here, ...loadProfile(portOffset).flatMap((pair) => ["--config", pair])]);
    const secret = async (workload: string, name: string): Promise<string> =>
      (await dockerOrFail(["exec", `astra-${environment}-${workload}-1`, "cat", `/run/secrets/${name}`])).trim();
    const admin = new pg.Client({ host: "127.0.0.1", port: PORTS.postgres + portOffset, user: "astra_admin", database: "astradb", password: await secret("postgres", "postgres_admin") });
    // What goes wrong with a statement is told where it was sent; this is for the end of the environment.
    admin.on("error", () => undefined);
    await admin.connect();
    const redis = new Redis({ host: "127.0.0.1", port: PORTS.redis + portOffset, password: await secret("redis", "redis") });
    return new BenchEnvironment(environment, portOffset, admin, redis);
  }

  /** Where a container's port is on its network, past Docker's forwarding of loopback ports, which outside traffic does not take. */
  async addressOf(container: string, port: number): Promise<string> {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    const ip = (await dockerOrFail(["inspect", "--format", format, `astra-${this.environment}-${container}-1`])).trim();
    return `http://${ip}:${port}`;
  }

  /** Prometheus text of a process. */
  async metricsOf(container: string, port: number): Promise<string> {
    return await (await fetch(`${await this.addressOf(container, port)}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  }

  async down(): Promise<void> {
    this.redis.disconnect();
    await this.admin.end().catch(() => undefined);
    await astra(["down", "--environment", this.environment, "--volumes", "--yes"]);
  }
}
