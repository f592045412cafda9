import type { Static, TSchema } from "typebox";
import type { Transaction } from "../postgres/database.ts";
import type { EventDefinition } from "./define.ts";
import type { EventEnvelope } from "./envelope.ts";

/** `*`: every event of every domain. `<domain>.*`: every event of one domain. */
export type EventPattern = "*" | `${string}.*`;

/** One reaction of a group. */
export interface Handler {
  readonly subject: EventDefinition | EventPattern;
  /** Runs in the transaction that also records the event as handled: its effect happens exactly once. */
  handle(tx: Transaction, event: EventEnvelope): Promise<void>;
}

/**
 * A named reaction to events. Every event goes to each group once, whatever the number of instances. An event that
 * matches several handlers of a group runs them in order, in one transaction.
 */
export interface ConsumerGroup {
  /** `<service>.<reaction>`; never changed, since the group's position in the streams hangs on it. */
  readonly name: string;
  readonly handlers: readonly Handler[];
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
