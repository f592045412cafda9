import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProgramOptions } from "../../support/program-options.ts";

const USAGE = "npm run bench:x -- [--seconds 5] [--only a,b]";
const read = (...args: string[]) => new ProgramOptions(USAGE, { seconds: "5", rates: "1,2", only: undefined }, args);
const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  vi.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
});
afterEach(() => void vi.restoreAllMocks());

test("options have what was given, else their defaults", () => {
  const options = read("--seconds", "2.5", "--only", "b");
  expect([options.number("seconds"), options.numbers("rates"), options.someOf("only", ["a", "b"])]).toEqual([2.5, [1, 2], ["b"]]);
  expect([read().whole("seconds"), read().text("only"), read().someOf("only", ["a", "b"])]).toEqual([5, undefined, ["a", "b"]]);
});

test.each<[string, string[], (options: ReturnType<typeof read>) => unknown]>([
  ["Unknown option '--secnds'", ["--secnds", "3"], () => undefined],
  ['--seconds takes numbers above 0 (got "x")', ["--seconds", "x"], (options) => options.number("seconds")],
  ['--seconds takes numbers above 0 (got "0")', ["--seconds", "0"], (options) => options.number("seconds")],
  ["--seconds takes one number", ["--seconds", "1,2"], (options) => options.number("seconds")],
  ['--seconds takes a whole number from 1 (got "1.5")', ["--seconds", "1.5"], (options) => options.whole("seconds")],
  ['--rates takes numbers above 0 (got "")', ["--rates", "1,,2"], (options) => options.numbers("rates")],
  ['--only: "c" is none of a, b', ["--only", "a,c"], (options) => options.someOf("only", ["a", "b"])],
])("%s: one line, the usage, exit code 2", (problem, args, use) => {
  expect(() => use(read(...args))).toThrow("exit 2");
  expect(lines).toEqual([`${problem}\n${USAGE}`]);
});

test("--help shows the usage and ends well", () => {
  expect(() => read("--help")).toThrow("exit 0");
  expect(lines).toEqual([USAGE]);
});
