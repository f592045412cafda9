import { withWork, type Work } from "../correlation.ts";
import type { Database, Transaction } from "../postgres/database.ts";
import { workOfEvent } from "../tracing/event-spans.ts";
import { fail } from "../tracing/trace.ts";
import { passingTracing, type Tracing } from "../tracing/tracing.ts";
import type { HandleMany, Handler, Within } from "./consumer-group.ts";
import { forgetLetters } from "./dead-letter-store.ts";
import type { ReadDelivery } from "./delivery.ts";
import type { EventEnvelope } from "./envelope.ts";

/** A delivery with the handlers that it is for. */
export interface Wanted {
  readonly delivery: ReadDelivery;
  readonly handlers: readonly Handler[];
}

/**
 * Handles deliveries in one transaction: what the inbox has not seen is recorded there and takes effect, all of it or
 * nothing.
 *
 * @returns ids of the events that took effect; the others had done so before
 */
export async function handleInTransaction(
  database: Database,
  group: string,
  wanted: readonly Wanted[],
  tracing: Tracing = passingTracing,
): Promise<ReadonlySet<string>> {
  const works = wanted.map(({ delivery }) => workOfEvent(tracing, delivery.stream, group, delivery.event));
  const transact = (): Promise<ReadonlySet<string>> => database.transaction((tx) => handleAll(tx, group, wanted, works));
  try {
    // What is done for several events together belongs to none of them; for one alone it does.
    const [only] = works;
    return only !== undefined && works.length === 1 ? await withWork(only, transact) : await transact();
  } catch (error) {
    for (const { trace } of works) if (trace?.recording !== undefined) fail(trace.recording.span, error);
    throw error;
  } finally {
    for (const { trace } of works) trace?.recording?.span.end();
  }
}

async function handleAll(tx: Transaction, group: string, wanted: readonly Wanted[], works: readonly Work[]): Promise<ReadonlySet<string>> {
  // In the order of ids, so that two consumers with the same events wait for each other instead of deadlocking.
  const rows = await tx.query<{ event_id: string }>(
    `INSERT INTO inbox (event_id, group_name)
     SELECT DISTINCT id, $2 FROM unnest($1::uuid[]) AS id ORDER BY id
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [wanted.map(({ delivery }) => delivery.event.id), group],
  );
  const fresh = new Set(rows.map((row) => row.event_id));
  // Each of them once, however often it was given.
  const left = new Set(fresh);
  const due = wanted.filter(({ delivery }) => left.delete(delivery.event.id));
  const within = withinWorks(wanted, works);
  for (let from = 0; from < due.length; ) {
    const many = handleManyOf(due[from]);
    let end = from + 1;
    if (many === undefined) {
      const { delivery: { event }, handlers } = due[from] as Wanted;
      for (const handler of handlers) await within(event, () => handler.handle(tx, event));
    } else {
      while (handleManyOf(due[end]) === many) end += 1;
      await many(tx, due.slice(from, end).map(({ delivery }) => delivery.event), within);
    }
    from = end;
  }
  // What was a dead letter and is none any more.
  const replayed = wanted.filter(({ delivery }) => delivery.onlyGroup !== undefined).map(({ delivery }) => delivery.event.id);
  await forgetLetters(tx, group, replayed);
  return fresh;
}

/** Runs something in the work of its event. */
function withinWorks(wanted: readonly Wanted[], works: readonly Work[]): Within {
  // Alone it runs in its work already, below the span of the transaction.
  if (wanted.length === 1) return (_, act) => act();
  // Only once somebody asks: many handlers never do.
  let workOf: Map<EventEnvelope, Work | undefined> | undefined;
  return (event, act) => {
    workOf ??= new Map(wanted.map(({ delivery }, index) => [delivery.event, works[index]]));
    const work = workOf.get(event);
    return work === undefined ? act() : withWork(work, act);
  };
}

/** What handles the event together with its neighbours, where it is for one handler that can. */
function handleManyOf(wanted: Wanted | undefined): HandleMany | undefined {
  return wanted?.handlers.length === 1 ? wanted.handlers[0]?.handleMany : undefined;
}
