// `node node-service.ts <port>`: a service like ours as far as HTTP goes, with the framework, schema, correlation, metrics
// and access log of all of them, and nothing to do: behind it a proxy shows what it is worth in this platform.
import { Type } from "typebox";
import { createApp } from "../../services/base/http/app.ts";
import { createLogger } from "../../services/base/log.ts";
import { Metrics } from "../../services/base/metrics.ts";
import { trading } from "../../services/trading/declaration.ts";

const port = Number(process.argv[2]);
const config = {
  service: trading.name,
  instance: "bench-trading",
  environment: "bench",
  colour: "blue",
  version: "bench",
  mode: "dev",
  logLevel: "info",
  secretsDir: "/nowhere",
  host: "127.0.0.1",
  port,
  agentPort: 0,
  redis: { host: "127.0.0.1", port: 0 },
  limits: { perUser: 1, perService: 1 },
} as const;

const Price = Type.Object({
  symbol: Type.String(),
  price: Type.String(),
  at: Type.String(),
  change24hPercent: Type.String(),
  volume24h: Type.String(),
  source: Type.String(),
});

const metrics = new Metrics({ service: config.service, colour: config.colour, version: config.version });
const app = await createApp({ declaration: trading, config, log: createLogger(config), metrics, availability: { ready: true, draining: false } });
app.get("/api/v1/trading/prices", { schema: { response: { 200: Price } } }, () => ({
  symbol: "BTC/USD",
  price: "64250.12",
  at: "2026-01-01T00:00:00.000Z",
  change24hPercent: "1.25",
  volume24h: "18234.55",
  source: "simulated",
}));
await app.listen({ host: config.host, port });
