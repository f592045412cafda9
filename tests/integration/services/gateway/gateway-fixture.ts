import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { pino } from "pino";
import type { Colour, ServiceConfig } from "../../../../services/base/config.ts";
import { Membership } from "../../../../services/base/registry/membership.ts";
import { startService, type RunningService } from "../../../../services/base/service.ts";
import { gatewayService } from "../../../../services/gateway/service.ts";
import { GATEWAY_TUNING, type GatewayTuning } from "../../../../services/gateway/tuning.ts";
import { createTestRedis, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";

const silent = pino({ level: "silent" });

/** The balance of production, but a new instance has its full share at once, so that a test can count turns. */
export const AT_ONCE = { ...GATEWAY_TUNING.balance, slowStartMs: 0 };

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers with its name and what it was asked. */
export function echo(name: string): Behaviour {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/json", "x-upstream": name });
      response.end(JSON.stringify({ name, method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() }));
    });
  };
}

/** One instance of a service: a real server that behaves as the test says, in the real registry. */
export interface Upstream {
  readonly name: string;
  readonly port: number;
  /** Requests that reached it, without the gateway's own probes. */
  readonly requests: number;
  behave(behaviour: Behaviour): void;
  /** Says that it leaves, and goes on answering. */
  announceLeave(): Promise<void>;
  /** Ends without a word: the registry still has it. */
  kill(): Promise<void>;
}

/** A gateway or several, with a Redis of their own and services that do what they are told. */
export class GatewayFixture {
  readonly redisServer: TestRedis;
  readonly redis: Redis;
  readonly #stops: (() => Promise<unknown>)[] = [];

  private constructor(redisServer: TestRedis, redis: Redis) {
    this.redisServer = redisServer;
    this.redis = redis;
  }

  static async create(): Promise<GatewayFixture> {
    const server = await createTestRedis();
    return new GatewayFixture(server, new Redis({ host: server.host, port: server.port, password: server.password }));
  }

  /** Starts a gateway. Its times are those of production but for what the case makes short. */
  async gateway(config: Partial<ServiceConfig> = {}, tuning: Partial<GatewayTuning> = {}): Promise<RunningService> {
    const { host, port, password } = this.redisServer;
    const service = await startService(gatewayService({ ...GATEWAY_TUNING, dashboardMs: 200, balance: AT_ONCE, ...tuning }), {
      service: "gateway",
      instance: `gateway-${this.#stops.length}`,
      environment: "test",
      colour: "blue",
      version: "v1",
      mode: "dev",
      logLevel: "silent",
      secretsDir: "/nowhere",
      host: "127.0.0.1",
      port: 0,
      agentPort: 0,
      redis: { host, port, password },
      limits: { perUser: 200, perService: 1000 },
      ...config,
    });
    this.#stops.push(() => service.stop());
    return service;
  }

  /** Starts an instance of a service and enters it into the registry. */
  async upstream(service: string, name: string, behaviour: Behaviour = echo(name), colour: Colour = "blue"): Promise<Upstream> {
    let current = behaviour;
    let requests = 0;
    const server: Server = createServer((request, response) => {
      if (request.url !== "/health/ready") requests += 1;
      current(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const entry = { service, instance: name, address: "127.0.0.1", port, colour, version: "v1", weight: 100, startedAt: new Date().toISOString() };
    const membership = new Membership(this.redis, entry, silent);
    await membership.join();
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    this.#stops.push(async () => {
      await membership.announceDraining();
      await membership.leave();
      await close();
    });
    return {
      name,
      port,
      get requests() {
        return requests;
      },
      announceLeave: () => membership.announceDraining(),
      behave: (next) => void (current = next),
      kill: close,
    };
  }

  /** Waits until a gateway knows so many instances of a service. */
  async knows(gateway: RunningService, service: string, instances: number): Promise<void> {
    await waitFor(`${instances} instances of ${service}`, () => {
      const takers = gateway.context.registry.takers(service);
      return Promise.resolve(takers.blue.length + takers.green.length === instances ? true : undefined);
    });
  }

  /** Ends what a test has started; Redis starts empty for the next one. */
  async reset(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
    await this.redis.flushall();
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.redisServer.remove();
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** One request to a gateway; a body that is no JSON comes as `{text}`. */
export async function ask(gateway: RunningService, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, init);
  const text = await response.text();
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    body = { text };
  }
  return { status: response.status, headers: response.headers, body };
}
