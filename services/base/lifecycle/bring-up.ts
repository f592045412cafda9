import type { ServiceContext, ServiceDefinition } from "../service.ts";
import type { Membership } from "../registry/membership.ts";
import { lastNeeded } from "../postgres/migration.ts";
import type { Database } from "../postgres/database.ts";
import { POOL } from "../postgres/postgres-database.ts";
import { schemaReady } from "../postgres/schema-ready.ts";
import { untilConnected } from "../redis/connection.ts";
import { keepTrying, type Persistence } from "./keep-trying.ts";
import type { LifePhase } from "./phase.ts";

/** A connection that takes no longer than this is nothing to tell of. */
const CONNECT_WAIT_MS = 1_000;

export interface BringUp {
  readonly definition: ServiceDefinition;
  readonly context: ServiceContext;
  /** Names of all workloads, for the first traffic table of an environment. */
  readonly workloads: readonly string[];
  readonly membership: Membership;
  readonly phase: LifePhase;
  startEvents(): void;
}

/**
 * Opens the connections that are kept anyhow: as many statements at once take as many. A colour that stands by has no use for them, and
 * when all requests come to it at once, each would wait for a process of the server's to be started and a password to be proven.
 */
async function openConnections(database: Database): Promise<void> {
  await Promise.all(Array.from({ length: POOL.base }, () => database.query("SELECT 1")));
}

/** Everything between live and ready, in order; each step is tried until it works. */
export async function bringUp(parts: BringUp, how: Persistence): Promise<void> {
  const { definition, context, membership, phase } = parts;
  const { redis, database, registry, traffic, config, log } = context;
  const lastMigration = lastNeeded(definition.migrations ?? [])?.id;
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    [
      "redis",
      async () => {
        await untilConnected(redis, CONNECT_WAIT_MS);
        await redis.ping();
      },
    ],
    ...(config.postgres === undefined ? [] : [["postgres", () => openConnections(database)] as const]),
    ...(lastMigration === undefined
      ? []
      : [
          [
            "the database schema",
            async () => {
              if (!(await schemaReady(database, lastMigration))) throw new Error(`migration ${lastMigration} is not applied yet`);
            },
          ] as const,
        ]),
    ["the registry", () => registry.refresh()],
    ["the traffic table", () => traffic.initialise(parts.workloads, config.colour, config.instance)],
    ["the service's own start", async () => definition.start?.(context)],
  ];
  for (const [what, attempt] of steps) if (!(await keepTrying(what, attempt, how))) return;
  registry.start();
  traffic.start();
  phase.becomeReady();
  await membership.join();
  await registry.refresh();
  parts.startEvents();
  log.info({ trafficWeight: traffic.weight(config.service, config.colour) }, `${config.service} is ready`);
}
