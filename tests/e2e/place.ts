import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";

/** Where a suite deploys to. */
export interface Place {
  readonly environment: string;
  readonly portOffset: number;
}

const CHECKOUT = createHash("sha256").update(join(import.meta.dirname, "..", "..")).digest("hex").slice(0, 5);
/** All ports of all places stay below 32768, from where on Linux gives them to outgoing connections: Jaeger's, 16686, is the highest. */
const FIRST_OFFSET = 10_000;
/** No port of a place is one of another place. */
const STEP = 240;
const PLACES = 24;

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A place of this checkout's own: two checkouts on one machine test at the same time without meeting. */
export async function placeFor(suite: string): Promise<Place> {
  const first = Number.parseInt(createHash("sha256").update(CHECKOUT + suite).digest("hex").slice(0, 6), 16);
  for (let i = 0; i < PLACES; i++) {
    const portOffset = FIRST_OFFSET + ((first + i) % PLACES) * STEP;
    const ports = [8000, 5432, 6379, 9090, 9093].map((port) => port + portOffset);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return { environment: `e2e-${suite}-${CHECKOUT}`, portOffset };
  }
  throw new Error(`no free ports for an environment from ${8000 + FIRST_OFFSET} on`);
}
