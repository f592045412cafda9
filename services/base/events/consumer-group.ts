import type { Static, TSchema } from "typebox";
import type { Transaction } from "../postgres/database.ts";
import type { EventData, EventDefinition } from "./define.ts";
import type { EventEnvelope } from "./envelope.ts";

/** `*`: every event of every domain. `<domain>.*`: every event of one domain. */
export type EventPattern = "*" | `${string}.*`;

/** Runs `work` as a reaction to this one event: what it publishes gets the event's correlation and trace. */
export type Within = <T>(event: EventEnvelope, work: () => Promise<T>) => Promise<T>;

/** Handles events, each of them once and in their order, with as few statements as it takes. */
export type HandleMany<E = EventEnvelope> = (tx: Transaction, events: readonly E[], within: Within) => Promise<void>;

/** One reaction of a group. */
export interface Handler {
  readonly subject: EventDefinition | EventPattern;
  /** Runs in the transaction that also records the event as handled: its effect happens exactly once. */
  handle(tx: Transaction, event: EventEnvelope): Promise<void>;
  /**
   * Handles events that came one after the other and are for this handler alone; absent: they are handled one by one.
   * Handlers with the same function share their events.
   */
  readonly handleMany?: HandleMany;
}

/**
 * A named reaction to events. Every event goes to each group once, whatever the number of instances. An event that
 * matches several handlers of a group runs them in order, in one transaction.
 */
export interface ConsumerGroup {
  /** `<service>.<reaction>`; never changed, since the group's position in the streams hangs on it. */
  readonly name: string;
  readonly handlers: readonly Handler[];
  /**
   * Transactions at a time in one process, [1, 8]; an aggregate's events are always in the same lane, so that their
   * order stays. For handlers that wait for something else than the database. @default 1
   */
  readonly lanes?: number;
}

/**
 * Handles one type of event. Do only what the transaction can undo: the handler runs again when it throws or when
 * the process dies before the commit.
 */
export function on<S extends TSchema>(
  definition: EventDefinition<S>,
  handle: (tx: Transaction, event: EventEnvelope<Static<S>>) => Promise<void>,
): Handler;
/** Handles every event of the catalogue that matches the pattern; types unknown to this version are ignored. */
export function on(
  pattern: EventPattern,
  handle: (tx: Transaction, event: EventEnvelope) => Promise<void>,
): Handler;
export function on(subject: EventDefinition | EventPattern, handle: Handler["handle"]): Handler {
  return { subject, handle };
}

/**
 * Handles events of these types many at a time: for groups with so much to do that a statement for each event is too
 * much. What throws takes the whole transaction with it; it is tried again with fewer events, down to a single one.
 */
export function onMany<D extends EventDefinition>(
  definitions: readonly D[],
  handleMany: HandleMany<EventEnvelope<EventData<D>>>,
): Handler[];
/** Handles every event of the catalogue that matches the pattern, many at a time. */
export function onMany(pattern: EventPattern, handleMany: HandleMany): Handler[];
export function onMany(subjects: readonly EventDefinition[] | EventPattern, handleMany: HandleMany): Handler[] {
  const alone: Within = (_event, work) => work();
  const all: readonly (EventDefinition | EventPattern)[] = typeof subjects === "string" ? [subjects] : subjects;
  return all.map((subject) => ({ subject, handleMany, handle: (tx, event) => handleMany(tx, [event], alone) }));
}
