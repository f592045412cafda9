import { expect, test } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { eventsWork } from "../../../../infra/cli/commands/events.ts";
import { parseCall } from "../../../../infra/cli/parse.ts";
import { complaintOf } from "../../../support/usage-error.ts";

const complaint = (...args: string[]): string => complaintOf(() => eventsWork(parseCall(["events", ...args], commands).invocation));

test.each([
  [["replya"], '"replya" is none of replay, discard, remove. Did you mean replay?'],
  [["--grup", "x"], "Unknown flag --grup. Did you mean --group? See ./astra events --help."],
  [["--id", "1-0"], "--id goes with `./astra events replay` or `./astra events discard`."],
  [["--group", "social.trade-feed"], "--group goes with `./astra events replay`, `discard` or `remove`."],
  [["remove"], "Which group? ./astra events remove --group NAME"],
  [["remove", "--group", "x", "--id", "1-0"], "--id goes with `./astra events replay` or `./astra events discard`."],
  [["replay", "--yes"], "--reason and --yes go with `./astra events discard`."],
  [["discard", "--reason", "x"], "Which dead letters? ./astra events discard --id ID, or --group NAME for all of a group's."],
  [["discard", "--id", "1-0", "--reason", " "], "Why? --reason TEXT goes into the log of the group that gives them up."],
  [["replay", "--id", "one"], '--id takes the id of a dead letter as `./astra events` shows it, for example 1700000000000-0, not "one".'],
])("astra events says what is wrong with %j (R-DEP-6)", (args, message) => {
  expect(complaint(...args)).toBe(message);
});

test.each([[[]], [["--json"]], [["replay"]], [["replay", "--group", "social.trade-feed", "--id", "1-0"]], [["remove", "--group", "social.old"]]])(
  "astra events takes %j",
  (args) => {
    expect(eventsWork(parseCall(["events", ...args], commands).invocation)).toBeTypeOf("function");
  },
);
