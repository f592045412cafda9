import { AsyncLocalStorage } from "node:async_hooks";
import { v7 as uuidv7 } from "uuid";

/** Header that carries the correlation id through every hop, in and out. */
export const CORRELATION_HEADER = "x-correlation-id";

const WELL_FORMED = /^[A-Za-z0-9._-]{8,128}$/;
const storage = new AsyncLocalStorage<string>();

/** The caller's id where it is well-formed (8 to 128 of `A-Za-z0-9._-`), else a new UUIDv7. */
export function correlationIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && WELL_FORMED.test(header) ? header : uuidv7();
}

/** Runs `work` so that everything below it logs and publishes under this id. */
export function withCorrelationId<T>(id: string, work: () => T): T {
  return storage.run(id, work);
}

/** Id of the request or event that is being handled; absent outside of one. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore();
}
