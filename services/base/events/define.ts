import type { Static, TSchema } from "typebox";

/** What is agreed of one type of event. */
export interface EventDefinition<S extends TSchema = TSchema> {
  /** `<domain>.<subject>.<past participle>`, `user.registered` included. */
  readonly type: string;
  /** Counts breaking changes of `data`, from 1. A new optional field is no breaking change. */
  readonly version: number;
  /** First segment of `type`: events of a domain share the stream `events:<domain>`. */
  readonly domain: string;
  readonly data: S;
}

/** The data of a definition's events. */
export type EventData<D> = D extends EventDefinition<infer S> ? Static<S> : never;

const TYPE = /^[a-z]+(\.[a-z][a-z-]*){1,3}$/;

/**
 * Declares a type of event. Definitions live in `catalogue/<domain>.ts`, since publisher and consumers share them.
 *
 * @throws Error when the type is not dot-separated lower case, or the version no positive integer
 */
export function defineEvent<const S extends TSchema>(event: {
  readonly type: string;
  readonly version: number;
  readonly data: S;
}): EventDefinition<S> {
  if (!TYPE.test(event.type)) {
    throw new Error(`event type "${event.type}" has to look like "<domain>.<subject>.<what-happened>" in lower case`);
  }
  if (!Number.isInteger(event.version) || event.version < 1) {
    throw new Error(`version of event "${event.type}" has to be an integer >= 1 (got ${event.version})`);
  }
  return { ...event, domain: domainOf(event.type) };
}

/** First segment of an event type. */
export function domainOf(type: string): string {
  return type.slice(0, type.indexOf("."));
}
