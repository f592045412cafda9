import type { EventPublisher } from "../events/publisher.ts";
import type { Database } from "../postgres/database.ts";

/** The database of a service that declares no schema: using it is a mistake in the service. */
export function noDatabase(service: string): Database {
  const refuse = (): Promise<never> => Promise.reject(new Error(`${service} declares no schema, so it has no database`));
  return { query: refuse, transaction: refuse, close: () => Promise.resolve() };
}

/** The publisher of a service without an outbox. */
export function noPublisher(service: string): EventPublisher {
  return { publish: () => Promise.reject(new Error(`${service} declares no schema, so it has no outbox to publish by`)) };
}
