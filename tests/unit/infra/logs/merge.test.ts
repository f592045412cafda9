import { expect, test } from "vitest";
import { lineFilter, momentOf } from "../../../../infra/logs/filter.ts";
import { lastLines, mergeByTime } from "../../../../infra/logs/merge.ts";
import { all, from, lineOf } from "./log-lines.ts";

const log = (workload: string, ...seconds: readonly number[]) => from(seconds.map((second) => lineOf(workload, second, `${workload} ${second}`)));
const texts = (lines: readonly { readonly text: string }[]) => lines.map((line) => line.text);

test("logs become one in order of time", async () => {
  const merged = await all(mergeByTime([log("a", 1, 4, 5), log("b"), log("c", 2, 3, 9)]));
  expect(texts(merged)).toEqual(["a 1", "c 2", "c 3", "a 4", "a 5", "c 9"]);
});

test("a log is read no further than one line ahead", async () => {
  let read = 0;
  async function* endless() {
    for (;;) yield lineOf("a", (read += 1) % 60, "x");
  }
  const merged = mergeByTime([endless()]);
  await merged.next();
  await merged.next();
  expect(read).toBeLessThanOrEqual(2);
  await merged.return(undefined);
});

test.each([[0, []], [2, ["a 4", "a 5"]], [9, ["a 1", "a 2", "a 3", "a 4", "a 5"]]])("the last %i lines are kept", async (count, expected) => {
  expect(texts(await lastLines(log("a", 1, 2, 3, 4, 5), count))).toEqual(expected);
});

test("a filter keeps a level and above, and one request's lines wherever they are", () => {
  const request = lineOf("trading", 1, '{"level":"info","correlationId":"abcd-1234","msg":"x"}');
  const other = lineOf("trading", 1, '{"level":"error","correlationId":"other-id","msg":"about abcd-1234"}');
  const statement = lineOf("postgres", 1, "2026-01-31 12:00:00.000 UTC [9] ERROR:  value 'abcd-1234' is wrong");
  expect([request, other, statement].map(lineFilter({ correlationId: "abcd-1234" }))).toEqual([true, false, true]);
  expect([request, other, statement].map(lineFilter({ level: "warn" }))).toEqual([false, true, true]);
});

test.each([
  ["10m", "2026-01-31T11:50:00.000Z"],
  ["1h30m", "2026-01-31T10:30:00.000Z"],
  ["2d", "2026-01-29T12:00:00.000Z"],
  ["2026-01-31T10:00:00+01:00", "2026-01-31T09:00:00.000Z"],
  ["2026-01-30", "2026-01-30T00:00:00.000Z"],
])("--since %s is %s", (text, expected) => {
  expect(momentOf(text, Date.parse("2026-01-31T12:00:00Z"))?.toISOString()).toBe(expected);
});

test.each(["", "10", "m", "-5m", "yesterday", "2026-13-45", "999999999999d"])("--since does not take %j", (text) => {
  expect(momentOf(text, Date.parse("2026-01-31T12:00:00Z"))).toBeUndefined();
});
