import { AsyncLocalStorage } from "node:async_hooks";
import { randomFillSync } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Trace } from "./tracing/trace.ts";

/** Header that carries the correlation id through every hop, in and out. */
export const CORRELATION_HEADER = "x-correlation-id";

const WELL_FORMED = /^[A-Za-z0-9._-]{8,128}$/;

/** The request or event that is being handled. One store for all of it: each further one costs every asynchronous step. */
export interface Work {
  readonly correlationId: string;
  /** Absent for what is asked every few seconds, such as health. */
  readonly trace?: Trace | undefined;
}

const storage = new AsyncLocalStorage<Work>();

/** Random bytes for 256 ids: asking the system for each one costs more than the id. */
const pool = new Uint8Array(4_096);
let used = pool.length;

function randomBytes16(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.subarray(used - 16, used);
}

/** The caller's id where it is well-formed (8 to 128 of `A-Za-z0-9._-`), else a new UUIDv7. */
export function correlationIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && WELL_FORMED.test(header) ? header : uuidv7({ random: randomBytes16() });
}

/** Runs `work` so that everything below it logs, publishes and traces as a part of this. */
export function withWork<T>(its: Work, work: () => T): T {
  return storage.run(its, work);
}

/** Runs `work` so that everything below it logs and publishes under this id, without a trace. */
export function withCorrelationId<T>(id: string, work: () => T): T {
  return storage.run({ correlationId: id }, work);
}

/** The request or event that is being handled; absent outside of one. */
export function currentWork(): Work | undefined {
  return storage.getStore();
}

/** Id of the request or event that is being handled; absent outside of one. */
export function currentCorrelationId(): string | undefined {
  return storage.getStore()?.correlationId;
}
