import type { ConsumerGroup } from "../../services/base/events/consumer-group.ts";
import type { EventEnvelope } from "../../services/base/events/envelope.ts";
import type { Database, Transaction } from "../../services/base/postgres/database.ts";
import { hooksOf } from "../../services/base/postgres/transaction-hooks.ts";

/** Tells of events once the transaction that handled them is committed. */
export function observed(group: ConsumerGroup, onHandled: (events: readonly EventEnvelope[]) => void): ConsumerGroup {
  const tell = (tx: Transaction, events: readonly EventEnvelope[]): void => {
    const hooks = hooksOf(tx);
    if (hooks === undefined) onHandled(events);
    else hooks.afterCommit(() => onHandled(events));
  };
  return {
    ...group,
    handlers: group.handlers.map((handler) => ({
      ...handler,
      handle: async (tx, event) => {
        await handler.handle(tx, event);
        tell(tx, [event]);
      },
      ...(handler.handleMany === undefined ? {} : { handleMany: observedMany(handler.handleMany, tell) }),
    })),
  };
}

type Many = NonNullable<ConsumerGroup["handlers"][number]["handleMany"]>;
const wrapped = new WeakMap<Many, Many>();

/** One and the same wrapper for one and the same function: that is what joins events of several types. */
function observedMany(many: Many, tell: (tx: Transaction, events: readonly EventEnvelope[]) => void): Many {
  const known = wrapped.get(many);
  if (known) return known;
  const made: Many = async (tx, events, within) => {
    await many(tx, events, within);
    tell(tx, events);
  };
  wrapped.set(many, made);
  return made;
}

/** The same subjects without any effect. */
export function withoutEffect(group: ConsumerGroup): ConsumerGroup {
  const nothing: Many = () => Promise.resolve();
  return {
    ...group,
    handlers: group.handlers.map(({ subject }) => ({ subject, handle: () => Promise.resolve(), handleMany: nothing })),
  };
}

/** A database whose inbox has never seen anything: for the bus alone. */
export const noDatabase: Database = {
  query: () => Promise.resolve([]),
  transaction: (work) =>
    work({ query: <T>(_sql: string, params: unknown[] = []) => Promise.resolve((params[0] as string[]).map((event_id) => ({ event_id })) as T[]) }),
  close: () => Promise.resolve(),
};
