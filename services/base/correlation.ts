import { AsyncLocalStorage } from "node:async_hooks";
import { randomHex } from "./random-hex.ts";
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

const storage = new AsyncLocalStorage<Work | undefined>();

/** A UUIDv7 begins with 48 bits of the time and its version; the same for all of one millisecond. */
let stampedAtMs = 0;
let stamp = "";

/** A new UUIDv7 (RFC 9562, 5.7). */
function newId(): string {
  const nowMs = Date.now();
  if (nowMs !== stampedAtMs) {
    const time = nowMs.toString(16).padStart(12, "0");
    stamp = `${time.slice(0, 8)}-${time.slice(8)}-7`;
    stampedAtMs = nowMs;
  }
  const random = randomHex(10);
  // The digit that holds the variant is one of 8, 9, a and b.
  const variant = "89ab"[random.charCodeAt(3) & 3] ?? "8";
  return `${stamp}${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** The caller's id where it is well-formed (8 to 128 of `A-Za-z0-9._-`), else a new UUIDv7. */
export function correlationIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && WELL_FORMED.test(header) ? header : newId();
}

/** Runs `work` so that everything below it logs, publishes and traces as a part of this, or of nothing, whatever it was begun by. */
export function withWork<T>(its: Work | undefined, work: () => T): T {
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
