import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/support/docker.ts";
import { CORE, isInstalled, startOn } from "./processes.ts";

/** What nginx answers every request with: what `node-service.ts` answers. */
const BODY = JSON.stringify({ symbol: "BTC/USD", price: "64250.12", at: "2026-01-01T00:00:00.000Z", change24hPercent: "1.25", volume24h: "18234.55", source: "simulated" });

/** `nginx`: costs the least, so that proxies are measured. `node`: a service like ours, as they meet it in the platform. */
export type UpstreamKind = "nginx" | "node";
export const UPSTREAM_KINDS: readonly UpstreamKind[] = ["nginx", "node"];

export interface Upstream {
  readonly port: number;
  /** For people. */
  readonly what: string;
  stop(): Promise<void>;
}

/** Why a service cannot be started here; undefined: it can. */
export function upstreamMissing(kind: UpstreamKind): string | undefined {
  return kind === "nginx" && !isInstalled("nginx") ? "apt-get install nginx-light" : undefined;
}

/** The one service behind all proxies, on a core on which no proxy runs. */
export async function startUpstream(kind: UpstreamKind): Promise<Upstream> {
  const port = await freePort();
  if (kind === "node") {
    const program = join(import.meta.dirname, "node-service.ts");
    const running = await startOn(CORE.upstream, [process.execPath, program, String(port)], port, { NODE_ENV: "production" });
    return { port, what: "a service in Node like ours, one core", stop: () => running.stop() };
  }
  const folder = mkdtempSync(join(tmpdir(), "astra-bench-upstream-"));
  const file = join(folder, "nginx.conf");
  writeFileSync(file, nginxUpstream(port, folder));
  const running = await startOn(CORE.upstream, ["nginx", "-c", file, "-g", "daemon off;"], port);
  return { port, what: "nginx with `return 200`, one core", stop: () => running.stop() };
}

/** What every nginx of the bench has in common. */
export function nginxHead(folder: string): string {
  return `pid ${folder}/nginx.pid; error_log stderr crit; worker_processes 1; events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;`;
}

function nginxUpstream(port: number, folder: string): string {
  return `${nginxHead(folder)}
server { listen 127.0.0.1:${port}; location / { default_type application/json; return 200 '${BODY}'; } } }`;
}
