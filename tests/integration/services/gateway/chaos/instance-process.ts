// One instance of a service in a process of its own, to be killed and frozen. It answers every request after a while,
// as a service does, so that some are always on their way.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { createRedis } from "../../../../../services/base/redis/connection.ts";
import { Membership } from "../../../../../services/base/registry/membership.ts";

const [service = "", instance = "", redisHost = "", redisPort = "", answerMs = "0"] = process.argv.slice(2);
const log = pino({ level: "silent" });

const server = createServer((_request, response) => {
  void delay(Number(answerMs)).then(() => response.writeHead(200, { "content-type": "application/json", "x-upstream": instance }).end(`{"name":"${instance}"}`));
});
server.keepAliveTimeout = 75_000;
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;

const redis = createRedis({ host: redisHost, port: Number(redisPort), password: process.env["REDIS_PASSWORD"] ?? "" }, { name: instance }, log);
await new Promise((resolve) => redis.once("ready", resolve));
const entry = { service, instance, address: "127.0.0.1", port, colour: "blue", version: "v1", weight: 100, startedAt: new Date().toISOString() } as const;
await new Membership(redis, entry, log).join();
