import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/support/docker.ts";
import { startAstraTrade } from "./astratrade.ts";
import { CORE, isInstalled, startOn, type Running } from "./processes.ts";
import { nginxHead } from "./upstream.ts";

export interface StartedPeer extends Running {
  readonly port: number;
}

/** One proxy of the comparison. */
export interface Peer {
  readonly name: string;
  /** What it does besides passing on. */
  readonly does: string;
  /** Debian package that is not installed; absent: it can run. */
  readonly missing: string | undefined;
  start(upstreamPort: number): Promise<StartedPeer>;
}

export const ASTRATRADE = "AstraTrade gateway";
export const NGINX = "nginx";
export const BARE = "@fastify/http-proxy";

/** All proxies, the one under test first. */
export const PEERS: readonly Peer[] = [
  { name: ASTRATRADE, does: "discovery, limits by user and service, breaker, correlation, metrics, access log, traces 1 %", missing: undefined, start: startAstraTrade },
  { name: NGINX, does: "nothing else", missing: isInstalled("nginx") ? undefined : "nginx-light", start: startNginx },
  { name: "HAProxy", does: "nothing else", missing: isInstalled("haproxy") ? undefined : "haproxy", start: startHaproxy },
  { name: BARE, does: "nothing else", missing: undefined, start: (upstream) => startNode("fastify-http-proxy", upstream) },
  { name: "express + http-proxy-middleware", does: "limits by user in its own memory", missing: undefined, start: (upstream) => startNode("express-gateway", upstream) },
];

async function startNode(name: string, upstreamPort: number): Promise<StartedPeer> {
  const port = await freePort();
  const program = join(import.meta.dirname, "node-peers.ts");
  const running = await startOn(CORE.proxy, [process.execPath, program, name, String(port), String(upstreamPort)], port, { NODE_ENV: "production" });
  return { ...running, port };
}

async function startNginx(upstreamPort: number): Promise<StartedPeer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "astra-bench-nginx-"));
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `${nginxHead(folder)}
upstream service { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; }
server { listen 127.0.0.1:${port}; location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
  );
  const running = await startOn(CORE.proxy, ["nginx", "-c", file, "-g", "daemon off;"], port);
  return { ...running, port };
}

async function startHaproxy(upstreamPort: number): Promise<StartedPeer> {
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), "astra-bench-haproxy-")), "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
frontend in
  bind 127.0.0.1:${port}
  default_backend service
backend service
  http-reuse always
  server one 127.0.0.1:${upstreamPort}
`,
  );
  const running = await startOn(CORE.proxy, ["haproxy", "-db", "-f", file], port);
  return { ...running, port };
}
