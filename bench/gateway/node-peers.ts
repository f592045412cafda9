// The peers that are Node programs: `node node-peers.ts <name> <port> <upstream port>`.
import httpProxy from "@fastify/http-proxy";
import express from "express";
import { rateLimit } from "express-rate-limit";
import { fastify } from "fastify";
import { Agent } from "node:http";
import { createProxyMiddleware } from "http-proxy-middleware";

const [name, port, upstreamPort] = process.argv.slice(2);
const upstream = `http://127.0.0.1:${upstreamPort}`;

if (name === "fastify-http-proxy") {
  // As its README shows it, and with its defaults for everything else.
  const app = fastify({ logger: false });
  await app.register(httpProxy, { upstream, prefix: "/" });
  await app.listen({ host: "127.0.0.1", port: Number(port) });
} else if (name === "express-gateway") {
  const app = express();
  app.disable("x-powered-by");
  app.use(rateLimit({ windowMs: 60_000, limit: 1_000_000_000, keyGenerator: (request) => String(request.headers["x-user-id"]), standardHeaders: "draft-6", legacyHeaders: false }));
  app.use(createProxyMiddleware({ target: upstream, agent: new Agent({ keepAlive: true, maxSockets: 256 }), xfwd: true }));
  app.listen(Number(port), "127.0.0.1");
} else {
  throw new Error(`no peer "${name}"`);
}
