import { describe, expect, test } from "vitest";
import { planRemoval } from "../../../../infra/events/remove.ts";
import { planLetters } from "../../../../infra/events/plan-letters.ts";
import { eventsReport, type EventsFacts, type EventsReport, type GroupAnswers, type GroupReport, type LetterSummary } from "../../../../infra/events/report.ts";
import { eventsScreen } from "../../../../infra/events/screen.ts";

const NOW_MS = 1_700_000_100_000;
const CATALOGUE = ["social.feed", "financial.kpis"];

interface Standing {
  readonly pending?: readonly [number, string | null];
  readonly next?: string;
  readonly lag?: number | null;
  /** Names and ms since they asked. */
  readonly consumers?: Readonly<Record<string, number>>;
}

/** What Redis answers about a group; nothing given: it has read and acknowledged everything. */
function answers(name: string, { pending = [0, null], next, lag = 0, consumers = { a: 100 } }: Standing = {}): GroupAnswers {
  return {
    info: ["name", name, "consumers", 1, "pending", pending[0], "last-delivered-id", "1-1", "entries-read", 5, "lag", lag],
    pending: [pending[0], pending[1], pending[1], null],
    consumers: Object.entries(consumers).map(([consumer, idle]) => ["name", consumer, "pending", 0, "idle", idle, "inactive", idle]),
    next,
  };
}

function letter(id: string, group: string): LetterSummary {
  return { id, group, stream: "events:trading", type: "trading.trade.executed", correlationId: "c", deliveries: 5, error: "no such table\n\u001b[31mat x", at: "2026-01-01T10:00:00.000Z" };
}

function reportOf(facts: Partial<EventsFacts>): EventsReport {
  return eventsReport({
    environment: "dev", catalogue: CATALOGUE, streams: [], letters: [], nowMs: NOW_MS, removalOf: (group) => `remove ${group}`, ...facts,
  });
}

function only(facts: Partial<EventsFacts>, group: string): GroupReport {
  const found = reportOf(facts).groups.find((one) => one.group === group);
  if (found === undefined) throw new Error(`no ${group}`);
  return found;
}

describe("eventsReport (R-EVT-1)", () => {
  test("a group that has handled everything has no lag", () => {
    const streams = [{ stream: "events:trading", groups: [answers("social.feed")] }];
    expect(only({ streams }, "social.feed")).toEqual({
      group: "social.feed", state: "known", streams: ["events:trading"], lagSeconds: 0, pending: 0, unread: 0, consumers: 1, activeConsumers: 1, deadLetters: 0,
    });
  });

  test("lag is the age of the oldest entry that is pending or unread, over all streams of the group", () => {
    const streams = [
      { stream: "events:trading", groups: [answers("financial.kpis", { pending: [2, "1700000090000-0"], next: "1700000095000-0", lag: 3 })] },
      { stream: "events:nft", groups: [answers("financial.kpis", { next: "1700000060500-7", lag: 4, consumers: { a: 100, b: 60_000 } })] },
    ];
    expect(only({ streams }, "financial.kpis")).toMatchObject({ lagSeconds: 39.5, pending: 2, unread: 7, consumers: 2, activeConsumers: 1, streams: ["events:trading", "events:nft"] });
  });

  test("an entry of a clock that is ahead has no negative age", () => {
    const streams = [{ stream: "events:trading", groups: [answers("social.feed", { next: "1700000200000-0", lag: 1 })] }];
    expect(only({ streams }, "social.feed").lagSeconds).toBe(0);
  });

  test("the number of unread entries is unknown only where Redis cannot tell and there are some", () => {
    const some = [{ stream: "events:trading", groups: [answers("social.feed", { next: "1700000090000-0", lag: null })] }];
    const none = [{ stream: "events:trading", groups: [answers("social.feed", { lag: null })] }];
    expect(only({ streams: some }, "social.feed")).toMatchObject({ unread: null, lagSeconds: 10 });
    expect(only({ streams: none }, "social.feed").unread).toBe(0);
  });

  test("groups of the catalogue that are on no stream are missing, others on the streams are retired", () => {
    const streams = [{ stream: "events:trading", groups: [answers("social.old"), answers("social.feed")] }];
    expect(reportOf({ streams }).groups.map(({ group, state, removedBy }) => [group, state, removedBy])).toEqual([
      ["social.feed", "known", undefined],
      ["financial.kpis", "missing", undefined],
      ["social.old", "retired", "remove social.old"],
    ]);
  });

  test("counts all dead letters by group and keeps the newest ten", () => {
    const letters = Array.from({ length: 12 }, (_, index) => letter(`${index + 1}-0`, index < 5 ? "social.feed" : "financial.kpis"));
    const report = reportOf({ letters });
    expect(report.groups.map(({ deadLetters }) => deadLetters)).toEqual([5, 7]);
    expect(report.deadLetters).toBe(12);
    expect(report.newestDeadLetters.map(({ id }) => id)).toEqual(letters.slice(2).map(({ id }) => id));
  });
});

describe("eventsScreen", () => {
  test("shows groups, what is missing, what is retired, and dead letters, each with what to do", () => {
    const streams = [
      {
        stream: "events:trading",
        groups: [
          answers("social.feed", { pending: [2, "1700000010000-0"], next: "1700000099500-0", lag: null }),
          answers("social.old", { consumers: {}, next: "1700000099500-0", lag: 1 }),
          answers("social.next"),
        ],
      },
    ];
    const report = reportOf({ streams, letters: [letter("7-0", "social.feed")] });
    expect(eventsScreen(report, " --environment test")).toEqual([
      "GROUP           LAG  PENDING  UNREAD  ACTIVE  DEAD",
      "social.feed     1m   2        some    1 of 1  1",
      "financial.kpis  -    -        -       -       0     missing",
      "social.next     0s   0        0       1 of 1  0     retired",
      "social.old      <1s  0        1       0 of 0  0     retired",
      "",
      "On no stream yet: financial.kpis. Their service makes them when it starts to read.",
      "",
      "Retired groups are in no catalogue of this checkout. Their streams are not trimmed past what they have read:",
      "  social.next: is being read still, by another version",
      "  social.old: remove social.old",
      "",
      "Dead letters: 1",
      "ID   GROUP        TYPE                    WHEN (UTC)           ERROR",
      "7-0  social.feed  trading.trade.executed  2026-01-01T10:00:00  no such table",
      "Once the cause is gone: ./astra events replay [--group GROUP] [--id ID] --environment test",
      "What never can be handled: ./astra events discard --id ID --reason TEXT --environment test",
    ]);
  });

  test("says that there are no dead letters", () => {
    expect(eventsScreen(reportOf({ catalogue: [] })).at(-1)).toBe("No dead letters.");
  });
});

describe("planLetters (R-EVT-3)", () => {
  const letters = [letter("1-0", "social.feed"), letter("2-0", "financial.kpis"), letter("3-0", "social.old")];
  const idsOf = (wish: { group?: string; id?: string }): string[] => planLetters(letters, wish, CATALOGUE).letters.map(({ id }) => id);

  test("takes all, a group's, or one, and leaves those that nobody would read", () => {
    expect(idsOf({})).toEqual(["1-0", "2-0"]);
    expect(idsOf({ group: "financial.kpis" })).toEqual(["2-0"]);
    expect(idsOf({ id: "1-0" })).toEqual(["1-0"]);
    expect(planLetters(letters, {}, CATALOGUE).unreadGroups).toEqual(["social.old"]);
    expect(planLetters([], {}, CATALOGUE)).toEqual({ letters: [], unreadGroups: [] });
  });

  test.each([
    [{ group: "social.fed" }, /^"social\.fed" is no consumer group of this release; did you mean social\.feed\?/],
    [{ id: "9-0" }, /^There is no dead letter with the id 9-0; it may have been replayed or discarded already\./],
    [{ id: "1-0", group: "financial.kpis" }, /^There is no dead letter with the id 1-0 of group financial\.kpis;/],
  ])("refuses %j, and says what there is", (wish, message) => {
    expect(() => planLetters(letters, wish, CATALOGUE)).toThrow(message);
  });
});

describe("planRemoval", () => {
  const streams = [
    { stream: "events:trading", groups: [answers("social.old", { consumers: { a: 60_000 } }), answers("social.next"), answers("social.feed")] },
    { stream: "events:nft", groups: [answers("social.old", { consumers: {} })] },
  ];

  test("takes a retired group off all its streams", () => {
    expect(planRemoval(reportOf({ streams }), "social.old")).toEqual(["events:trading", "events:nft"]);
  });

  test.each([
    ["social.feed", /is one that this release runs/],
    ["financial.kpis", /is one that this release runs/],
    ["social.next", /was read within the last minute/],
    ["social.none", /There is no consumer group "social\.none"/],
  ])("refuses %s", (group, message) => {
    expect(() => planRemoval(reportOf({ streams }), group)).toThrow(message);
  });
});
