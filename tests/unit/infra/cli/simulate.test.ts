import { expect, test } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { exitCodeOf, liveLine } from "../../../../infra/cli/commands/simulate.ts";
import { wholeNumberOf } from "../../../../infra/cli/numbers.ts";
import { parseCall } from "../../../../infra/cli/parse.ts";
import { Statistics, type Outcome } from "../../../../infra/simulate/statistics.ts";

const rateOf = (...args: string[]): number =>
  wholeNumberOf(parseCall(["simulate", ...args], commands).invocation, "rate", { fallback: 20, least: 1, most: 20_000 });

test("takes whole numbers within their range, and says what it takes else", () => {
  expect(rateOf()).toBe(20);
  expect(rateOf("--rate", "1")).toBe(1);
  expect(rateOf("--rate", "20000")).toBe(20_000);
  for (const wrong of ["0", "20001", "1.5", "-3", "many", ""])
    expect(() => rateOf(`--rate=${wrong}`), wrong).toThrow(`--rate takes a whole number from 1 to 20000, not "${wrong}".`);
});

test.each<[Outcome[], number]>([
  [["ok", "refused", "limited"], 0],
  [["ok", "failed"], 1],
  [[], 1],
])("requests that were %j end with %i", (outcomes, code) => {
  const statistics = new Statistics();
  for (const outcome of outcomes) statistics.add({ action: "trade", outcome, code: "x", elapsedMs: 1 });
  expect(exitCodeOf({ statistics })).toBe(code);
});

test("on a terminal a line takes the place of the one before, elsewhere lines follow each other", () => {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const terminal = liveLine({ isTTY: true, columns: 11, write });
  terminal.show("0123456789abcdef");
  terminal.end();
  expect(written.splice(0)).toEqual(["\r\u001b[2K0123456789", "\r\u001b[2K"]);
  const plain = liveLine({ write });
  plain.show("0123456789abcdef");
  plain.end();
  expect(written).toEqual(["0123456789abcdef\n"]);
});
