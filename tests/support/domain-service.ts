import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import type { Static, TSchema } from "typebox";
import { v7 as uuidv7 } from "uuid";
import { readServiceConfig, type ServiceConfig } from "../../services/base/config.ts";
import type { EventDefinition } from "../../services/base/events/define.ts";
import type { EventEnvelope } from "../../services/base/events/envelope.ts";
import { EVENT_FIELD, streamOf } from "../../services/base/events/keys.ts";
import { eventMigrations } from "../../services/base/events/outbox-migrations.ts";
import { migrateSchema } from "../../services/base/postgres/migrator.ts";
import { type RunningService, type ServiceDefinition, startService } from "../../services/base/service.ts";
import { createTestDatabase, createTestRedis, storeEnvironment, type TestDatabase } from "./stores.ts";
import { waitFor } from "./wait-for.ts";

/** An answer with its body as the test reads it. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A domain service in this process, with a database and a Redis that nobody else uses. */
export interface DomainService {
  readonly service: RunningService;
  readonly database: TestDatabase;
  /** Session of a role in this service's schema: `financial_app`, `financial_owner`. Ends with the service. */
  connect(role: string): Promise<pg.Client>;
  /** Requests `/api/v1/<route><path>` as this user, or as nobody. */
  call<T = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  /** Puts an event of any domain into its stream, as that domain's relay would. */
  emit<S extends TSchema>(definition: EventDefinition<S>, data: Static<S>, changes?: Partial<EventEnvelope>): Promise<EventEnvelope>;
  /** Puts an event that was already there into the stream once more. */
  emitAgain(event: EventEnvelope): Promise<void>;
  /** Waits until this group has handled this event. */
  handled(group: string, event: EventEnvelope): Promise<void>;
  /** Data of the events of a type that this service has published, oldest first. */
  published<S extends TSchema>(definition: EventDefinition<S>): Promise<EventEnvelope<Static<S>>[]>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly as?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Migrates a fresh database, starts the service on free ports and waits until it is ready.
 * @param definition The service.
 * @param changes What of its configuration is to be different.
 */
export async function startDomainService(definition: ServiceDefinition, changes: Partial<ServiceConfig> = {}): Promise<DomainService> {
  const { declaration } = definition;
  const { schema, route } = declaration;
  if (schema === undefined || route === undefined) throw new Error(`${declaration.name} is no domain service`);
  const [database, redisServer] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const sessions: pg.Client[] = [];
  const connect = async (role: string): Promise<pg.Client> => {
    const client = new pg.Client({ ...database.connectionOf(role), options: `-c search_path=${schema}` });
    // A session that is cut while nobody uses it says so at its next query; unheard, it would end the whole run.
    client.on("error", () => undefined);
    sessions.push(client);
    await client.connect();
    return client;
  };
  await migrateSchema(await connect(`${schema}_owner`), schema, [...eventMigrations, ...(definition.migrations ?? [])]);

  const config = readServiceConfig(declaration, {
    ...storeEnvironment(database, redisServer),
    ASTRA_INSTANCE: `${declaration.name}-test`,
    ASTRA_HOST: "127.0.0.1",
  });
  const service = await startService(definition, { ...config, logLevel: "silent", address: "127.0.0.1", port: 0, agentPort: 0, ...changes });
  const app = await connect(`${schema}_app`);
  const redis = new Redis({ host: redisServer.host, port: redisServer.port, password: redisServer.password });

  const add = async (event: EventEnvelope): Promise<void> => {
    await redis.xadd(streamOf(event.type.slice(0, event.type.indexOf("."))), "*", EVENT_FIELD, JSON.stringify(event));
  };
  return {
    service,
    database,
    connect,
    async call<T>(method: string, path: string, { as, headers, body }: CallOptions = {}): Promise<Answer<T>> {
      const response = await fetch(`http://127.0.0.1:${service.port}/api/v1/${route}${path}`, {
        method,
        headers: {
          ...headers,
          ...(as === undefined ? {} : { "x-user-id": String(as) }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as T };
    },
    async emit(event, data, changes = {}) {
      const envelope: EventEnvelope = {
        id: uuidv7(),
        type: event.type,
        version: event.version,
        aggregateId: randomUUID(),
        occurredAt: new Date().toISOString(),
        correlationId: uuidv7(),
        producer: { service: event.domain, colour: "blue", version: "test" },
        data,
        ...changes,
      };
      await add(envelope);
      return envelope;
    },
    emitAgain: add,
    async handled(group, event) {
      await waitFor(`handling of ${event.type} by ${group}`, async () => {
        const { rows } = await app.query("SELECT FROM inbox WHERE group_name = $1 AND event_id = $2", [group, event.id]);
        return rows[0] as object | undefined;
      });
    },
    async published<S extends TSchema>(event: EventDefinition<S>) {
      const { rows } = await app.query<{ envelope: EventEnvelope<Static<S>> }>(
        "SELECT envelope FROM outbox WHERE type = $1 ORDER BY position",
        [event.type],
      );
      return rows.map(({ envelope }) => envelope);
    },
    async stop() {
      await service.stop();
      redis.disconnect();
      await Promise.all(sessions.map((session) => session.end()));
      await Promise.all([database.drop(), redisServer.remove()]);
    },
  };
}
