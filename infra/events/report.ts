import type { DeadLetter } from "../../services/base/events/dead-letters.ts";
import { earliestStreamId, streamIdTime, type StreamId } from "../../services/base/events/stream-id.ts";

/** A row of `XINFO`: names and values in turn. */
export type InfoRow = readonly (string | number | null)[];

/** What Redis answers about one group of one stream. */
export interface GroupAnswers {
  /** Row of `XINFO GROUPS`. */
  readonly info: InfoRow;
  /** `XPENDING` without a range: how many, least id, greatest id, by consumer. */
  readonly pending: readonly [count: number, oldest: StreamId | null, ...rest: unknown[]];
  /** Rows of `XINFO CONSUMERS`. */
  readonly consumers: readonly InfoRow[];
  /** First entry after the one that the group was given last; absent when there is none. */
  readonly next?: StreamId | undefined;
}

export interface StreamAnswers {
  readonly stream: string;
  readonly groups: readonly GroupAnswers[];
}

/** A dead letter without the event and the stack, which may be long. */
export type LetterSummary = Pick<DeadLetter, "id" | "group" | "stream" | "type" | "correlationId" | "deliveries" | "error" | "at">;

/** One consumer group over all streams that it stands on. */
export interface GroupReport {
  readonly group: string;
  /** `missing`: in the catalogue, on no stream. `retired`: on a stream, not in the catalogue. */
  readonly state: "known" | "missing" | "retired";
  readonly streams: readonly string[];
  /** Age of the oldest entry that is unread or pending, by Redis' clock, seconds; 0 when there is none. */
  readonly lagSeconds: number;
  /** Entries that a consumer was given and has not acknowledged. */
  readonly pending: number;
  /** Entries that no consumer was given yet; null when Redis cannot tell how many, since entries were deleted. */
  readonly unread: number | null;
  /** Consumers that Redis knows, those of ended processes among them. */
  readonly consumers: number;
  /** Consumers that asked Redis within the last 60 s. */
  readonly activeConsumers: number;
  readonly deadLetters: number;
  /** What removes the group; of retired ones only. */
  readonly removedBy?: string;
}

export interface EventsReport {
  readonly environment: string;
  /** Groups of the catalogue in its order, then retired ones by name. */
  readonly groups: readonly GroupReport[];
  /** How many dead letters there are, over all groups. */
  readonly deadLetters: number;
  /** The newest dead letters, oldest first, at most 10. */
  readonly newestDeadLetters: readonly LetterSummary[];
}

/** Consumers read every half second; one that has not for this long is gone. */
export const ACTIVE_MS = 60_000;
const SHOWN_LETTERS = 10;

/** A value of a row by its name; null when Redis gives none. */
export function infoValue(row: InfoRow, name: string): string | number | null {
  const at = row.findIndex((field, index) => index % 2 === 0 && field === name);
  return at < 0 ? null : (row[at + 1] ?? null);
}

/** How many entries wait unread: Redis' own count where it has one. */
function unreadOf({ info, next }: GroupAnswers): number | null {
  if (next === undefined) return 0;
  const lag = infoValue(info, "lag");
  return lag === null ? null : Number(lag);
}

function isActive(consumer: InfoRow): boolean {
  const idleMs = infoValue(consumer, "idle");
  return idleMs !== null && Number(idleMs) < ACTIVE_MS;
}

function nameCount(consumers: readonly InfoRow[]): number {
  return new Set(consumers.map((consumer) => infoValue(consumer, "name"))).size;
}

type Standing = GroupAnswers & { readonly stream: string };

function figures(standings: readonly Standing[], nowMs: number): Omit<GroupReport, "group" | "state" | "deadLetters" | "removedBy"> {
  const oldest = earliestStreamId(standings.flatMap(({ pending, next }) => [pending[1] ?? [], next ?? []].flat()));
  const unread = standings.map(unreadOf);
  const consumers = standings.flatMap((standing) => standing.consumers);
  return {
    streams: standings.map(({ stream }) => stream),
    lagSeconds: oldest === undefined ? 0 : Math.max(0, nowMs - streamIdTime(oldest)) / 1000,
    pending: standings.reduce((sum, { pending }) => sum + pending[0], 0),
    unread: unread.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0),
    consumers: nameCount(consumers),
    activeConsumers: nameCount(consumers.filter(isActive)),
  };
}

/** What the report is made of. */
export interface EventsFacts {
  readonly environment: string;
  /** Names of the groups that this release runs. */
  readonly catalogue: readonly string[];
  readonly streams: readonly StreamAnswers[];
  /** Every dead letter, oldest first. */
  readonly letters: readonly LetterSummary[];
  /** Redis' clock, ms since 1970: ids of entries are by it. */
  readonly nowMs: number;
  /** Command line that removes a retired group. */
  readonly removalOf: (group: string) => string;
}

/** How far each consumer group is, from what Redis answers. */
export function eventsReport({ environment, catalogue, streams, letters, nowMs, removalOf }: EventsFacts): EventsReport {
  const standings = new Map<string, Standing[]>();
  for (const { stream, groups } of streams)
    for (const answers of groups) {
      const name = String(infoValue(answers.info, "name"));
      standings.set(name, [...(standings.get(name) ?? []), { ...answers, stream }]);
    }
  const lettersOf = (group: string): number => letters.filter((letter) => letter.group === group).length;
  const retired = [...standings.keys()].filter((name) => !catalogue.includes(name)).sort();
  const known = catalogue.map((group): GroupReport => {
    const found = standings.get(group) ?? [];
    return { group, state: found.length === 0 ? "missing" : "known", ...figures(found, nowMs), deadLetters: lettersOf(group) };
  });
  return {
    environment,
    groups: [
      ...known,
      ...retired.map((group): GroupReport => ({
        group,
        state: "retired",
        ...figures(standings.get(group) ?? [], nowMs),
        deadLetters: lettersOf(group),
        removedBy: removalOf(group),
      })),
    ],
    deadLetters: letters.length,
    newestDeadLetters: letters.slice(-SHOWN_LETTERS),
  };
}
