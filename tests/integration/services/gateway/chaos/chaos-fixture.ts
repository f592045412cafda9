import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../../../../support/docker.ts";
import { createTestRedis, stores, type TestRedis } from "../../../../support/stores.ts";
import { waitFor } from "../../../../support/wait-for.ts";

/** `npm run test:chaos` takes the times of the requirements; `npm test` shorter ones. */
export const isLong = process.env["ASTRA_CHAOS"] === "long";

const GATEWAY = join(import.meta.dirname, "../../../../../services/gateway/main.ts");
const INSTANCE = join(import.meta.dirname, "instance-process.ts");
/** The load must meet the breaker and not the limits. */
const UNREACHED = "1000000000";

interface Health {
  readonly status: string;
  readonly uptimeSeconds: number;
  readonly dependencies: Readonly<Record<string, { readonly status: string; readonly reason?: string; readonly instances?: number; readonly ageMs?: number }>>;
}

/** A gateway and instances of a service, each a process of its own, with a Redis that nobody else uses. */
export class ChaosFixture {
  readonly redis: TestRedis;
  readonly port: number;
  readonly gateway: ChildProcess;
  readonly #children: ChildProcess[] = [];

  private constructor(redis: TestRedis, port: number, gateway: ChildProcess) {
    this.redis = redis;
    this.port = port;
    this.gateway = gateway;
  }

  static async create(): Promise<ChaosFixture> {
    const redis = await createTestRedis();
    const port = await freePort();
    const gateway = spawn(process.execPath, [GATEWAY], {
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        ASTRA_HOST: "127.0.0.1",
        ASTRA_PORT: String(port),
        ASTRA_AGENT_PORT: String(await freePort()),
        ASTRA_SECRETS_DIR: stores().secretsDir,
        ASTRA_REDIS_HOST: redis.host,
        ASTRA_REDIS_PORT: String(redis.port),
        ASTRA_LIMIT_PER_USER: UNREACHED,
        ASTRA_LIMIT_PER_SERVICE: UNREACHED,
        ASTRA_LOG_LEVEL: "error",
      },
    });
    const fixture = new ChaosFixture(redis, port, gateway);
    await waitFor("the gateway", async () => ((await fetch(`http://127.0.0.1:${port}/health/ready`)).status === 200 ? true : undefined));
    return fixture;
  }

  /** Starts an instance that answers after so many milliseconds. */
  instance(service: string, name: string, answerMs: number): ChildProcess {
    const args = [INSTANCE, service, name, this.redis.host, String(this.redis.port), String(answerMs)];
    const child = spawn(process.execPath, args, { stdio: "ignore", env: { PATH: process.env["PATH"], REDIS_PASSWORD: this.redis.password } });
    this.#children.push(child);
    return child;
  }

  /** Waits until the gateway sends requests to so many instances of a service. */
  async knows(service: string, instances: number): Promise<void> {
    await waitFor(`${instances} instances of ${service}`, async () => ((await this.health()).dependencies[service]?.instances === instances ? true : undefined));
  }

  async health(): Promise<Health> {
    return (await (await fetch(`http://127.0.0.1:${this.port}/health`)).json()) as Health;
  }

  /** Whether the gateway counts requests in Redis, together with others. */
  async limitsAreShared(): Promise<boolean> {
    return /^gateway_limiter_local\S* 0$/m.test(await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text());
  }

  /** Names of the instances that are out of the turn. */
  async ejected(): Promise<string[]> {
    const body = (await (await fetch(`http://127.0.0.1:${this.port}/services`)).json()) as { services: { instances: { instance: string; ejected?: string }[] }[] };
    return body.services.flatMap(({ instances }) => instances.filter(({ ejected }) => ejected !== undefined).map(({ instance }) => instance));
  }

  async close(): Promise<void> {
    for (const child of [...this.#children, this.gateway]) await end(child);
    await this.redis.remove();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
