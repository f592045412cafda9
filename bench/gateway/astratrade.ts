import { Redis } from "ioredis";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { bundle } from "../../infra/images/bundle.ts";
import { DEFAULT_LIMITS } from "../../infra/platform/defaults.ts";
import { nodeOptions } from "../../infra/platform/node-options.ts";
import { Membership } from "../../services/base/registry/membership.ts";
import { freePort, removeContainer, startContainer } from "../../tests/support/docker.ts";
import { makeSecretsFolder, mountSecrets, storeImages, untilHealthy } from "../../tests/support/store-containers.ts";
import { readFileSync } from "node:fs";
import { pino } from "pino";
import { CORE, startOn } from "./processes.ts";
import type { StartedPeer } from "./peers.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The load profile: limits are counted and never reached. */
const UNREACHED = "1000000000";

/**
 * The gateway as it is deployed: its bundle, a Redis with registry and limits, one instance of trading, a receiver of
 * traces, the access log into /dev/null. `BENCH_NODE_OPTIONS` goes to its Node (`--cpu-prof`).
 */
export async function startAstraTrade(upstreamPort: number): Promise<StartedPeer> {
  const secretsDir = makeSecretsFolder();
  const folder = mkdtempSync(join(tmpdir(), "astra-bench-gateway-"));
  const { redis: image } = await storeImages();
  const container = await startContainer([mountSecrets(secretsDir), `--cpuset-cpus=${CORE.redis}`, "--volume=/data", "--mount=type=tmpfs,target=/tmp,tmpfs-size=16m", image]);
  await untilHealthy(container, ["redis-health"]);
  const host = (await dockerOrFail(["inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container])).trim();
  const redis = new Redis({ host, password: readFileSync(join(secretsDir, "redis"), "utf8") });
  const entry = { service: "trading", instance: "bench-trading", address: "127.0.0.1", port: upstreamPort, colour: "blue", version: "bench", weight: 100, startedAt: new Date().toISOString() } as const;
  const membership = new Membership(redis, entry, pino({ level: "silent" }));
  await membership.join();

  const files = await bundle(ROOT, { gateway: "services/gateway/main.ts" });
  for (const { path, content } of files["gateway"] ?? []) if (content instanceof Uint8Array) writeFileSync(join(folder, path), content);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const receiver = await startReceiver();
  const [port, agentPort] = [await freePort(), await freePort()];
  const options = (process.env["BENCH_NODE_OPTIONS"] ?? "").split(" ").filter((option) => option !== "");
  const running = await startOn(CORE.proxy, [process.execPath, ...options, join(folder, "main.js")], port, {
    NODE_ENV: "production",
    NODE_OPTIONS: nodeOptions(DEFAULT_LIMITS.memoryMb),
    ASTRA_HOST: "127.0.0.1",
    ASTRA_PORT: String(port),
    ASTRA_AGENT_PORT: String(agentPort),
    ASTRA_INSTANCE: "bench-gateway",
    ASTRA_SECRETS_DIR: secretsDir,
    ASTRA_REDIS_HOST: host,
    ASTRA_LIMIT_PER_USER: UNREACHED,
    ASTRA_LIMIT_PER_SERVICE: UNREACHED,
    ASTRA_TRACE_SAMPLE_RATIO: "0.01",
    ASTRA_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.port}`,
  });
  await untilServing(port);
  return {
    ...running,
    port,
    stop: async () => {
      await running.stop();
      receiver.stop();
      await membership.leave();
      redis.disconnect();
      await removeContainer(container);
      rmSync(secretsDir, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It takes whatever it is sent with a 200, which is all that an exporter wants to hear. */
async function startReceiver(): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close().closeAllConnections() };
}

async function untilServing(port: number): Promise<void> {
  const endMs = Date.now() + 20_000;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/trading/prices`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    if (Date.now() > endMs) throw new Error(`the gateway answers ${response?.status ?? "nothing"}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
