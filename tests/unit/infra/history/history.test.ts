import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { historyLines } from "../../../../infra/cli/commands/history.ts";
import { mergeEntries, parseEntry, type HistoryEntry } from "../../../../infra/history/entry.ts";
import { appendToFile, historyFile } from "../../../../infra/history/store.ts";
import { readIfThere } from "../../../../infra/host/files.ts";

const entry: HistoryEntry = { id: "1", kind: "rollout", at: "2026-01-01T10:00:00.000Z", by: "ann@laptop", outcome: "running", colour: "green", version: "1.2", pid: 7 };
const ended: HistoryEntry = { ...entry, outcome: "reverted", seconds: 65, detail: "nft fails" };

test("the history shows each change once, as it ended, in order of time (R-DEP-6)", () => {
  const later: HistoryEntry = { ...entry, id: "2", at: "2026-01-01T11:00:00.000Z", outcome: "ok", kind: "rollback" };
  expect(mergeEntries([later, entry, ended, ended], () => true)).toEqual([ended, later]);
});

test("a change whose process is gone was interrupted", () => {
  expect(mergeEntries([entry], () => false)).toMatchObject([{ outcome: "interrupted" }]);
  expect(mergeEntries([entry], () => true)).toMatchObject([{ outcome: "running" }]);
});

test("half a line is no entry", () => {
  expect(parseEntry(JSON.stringify(ended).slice(0, 40))).toBeUndefined();
  expect(parseEntry("null")).toBeUndefined();
  expect(parseEntry(JSON.stringify(ended))).toEqual(ended);
});

test("says who did what, when, and how it ended", () => {
  expect(historyLines([ended])).toEqual([
    "WHEN                     WHAT     COLOUR  VERSION  OUTCOME   TOOK        WHO",
    "2026-01-01 10:00:00 UTC  rollout  green   1.2      reverted  1 min 05 s  ann@laptop  nft fails",
  ]);
});

test("is kept in a file of the environment, a line for each", async () => {
  const folder = await mkdtemp(join(tmpdir(), "astra-history-"));
  try {
    await appendToFile("dev", entry, folder);
    await appendToFile("dev", ended, folder);
    const text = (await readIfThere(historyFile("dev", folder))) ?? "";
    expect(text.trim().split("\n").map(parseEntry)).toEqual([entry, ended]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
