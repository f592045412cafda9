import { createServer } from "node:http";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/support/docker.ts";
import { CORE, isInstalled, startOn, type Running } from "./processes.ts";

/** What every request is answered with: the size of a small JSON document of a service. */
const BODY = JSON.stringify({ symbol: "BTC/USD", price: "64250.12", at: "2026-01-01T00:00:00.000Z", change24hPercent: "1.25", volume24h: "18234.55", source: "simulated" });

export interface Upstream {
  readonly port: number;
  readonly kind: string;
  stop(): Promise<void>;
}

/** The one service behind all proxies: nginx, since it costs the least, or Node's own server where there is none. */
export async function startUpstream(): Promise<Upstream> {
  const port = await freePort();
  if (isInstalled("nginx")) {
    const folder = mkdtempSync(join(tmpdir(), "astra-bench-upstream-"));
    const file = join(folder, "nginx.conf");
    writeFileSync(file, nginxUpstream(port, folder));
    const running = await startOn(CORE.upstream, ["nginx", "-c", file, "-g", "daemon off;"], port);
    return { port, kind: "nginx `return 200`", stop: () => running.stop() };
  }
  const running: Running = await startOn(CORE.upstream, [process.execPath, import.meta.filename, String(port)], port);
  return { port, kind: "node:http", stop: () => running.stop() };
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

if (import.meta.main) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(BODY) }).end(BODY);
  });
  server.keepAliveTimeout = 300_000;
  server.listen(Number(process.argv[2]), "127.0.0.1");
}
