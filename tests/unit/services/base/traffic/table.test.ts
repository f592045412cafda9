import { describe, expect, it } from "vitest";
import { firstTable, parseTrafficTable, tableProblems, TrafficTableError } from "../../../../../services/base/traffic/table.ts";
import { tableWith } from "../fixtures.ts";

describe("a traffic table", () => {
  it("is read back as it was written, with fields that a newer writer added", () => {
    const table = { ...tableWith(), note: "unknown to us" };
    expect(parseTrafficTable(JSON.stringify(table))).toEqual(table);
  });

  it("that is no JSON is refused with its beginning", () => {
    expect(() => parseTrafficTable("{oops")).toThrow(new TrafficTableError(['(whole): is not JSON (got "{oops")']));
  });

  it("reports every problem with its path at once", () => {
    const problems = tableProblems({
      ...tableWith(),
      version: 0,
      by: 7,
      weights: { trading: { blue: 101, green: -1 }, user: { blue: 0, green: 0 }, nft: "all" },
      previous: { social: { blue: 1 } },
    });
    expect(problems).toEqual([
      "version: takes a whole number from 1 (got 0)",
      "by: takes text (got 7)",
      "weights.trading.blue: takes a number from 0 to 100 (got 101)",
      "weights.trading.green: takes a number from 0 to 100 (got -1)",
      "weights.user: one colour needs weight (got 0 for both)",
      "weights.nft: takes {blue, green}",
      "previous.social.green: takes a number from 0 to 100 (got undefined)",
    ]);
  });

  it.each([0, 100])("takes the weight %d at the edge of the range", (blue) => {
    expect(tableProblems(tableWith({ weights: { trading: { blue, green: 100 - blue } } }))).toEqual([]);
  });

  it("made at the first start gives everything to the colour that came first", () => {
    const table = firstTable(["gateway", "nft"], "green", "nft-1", new Date(0));
    expect(table.version).toBe(1);
    expect(table.weights).toEqual({ gateway: { blue: 0, green: 100 }, nft: { blue: 0, green: 100 } });
    expect(tableProblems(table)).toEqual([]);
  });

  it("carries the last change of colour, and names what is wrong with it (R-DEP-3)", () => {
    const release = { id: "1", from: "blue", to: "green", state: "running", step: 1, steps: 21, startedAt: "2026-01-01T00:00:00Z" };
    expect(tableProblems({ ...tableWith(), release })).toEqual([]);
    expect(tableProblems({ ...tableWith(), release: { ...release, to: "red", state: "odd", step: 0.5 } })).toEqual([
      'release.to: takes blue or green (got "red")',
      'release.state: takes running, watching, reverted, ended (got "odd")',
      "release.step: takes a whole number (got 0.5)",
    ]);
  });
});
