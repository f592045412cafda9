import { describe, expect, it } from "vitest";
import { nearestTo, pointsOf, shapeOf } from "../../../../../../services/gateway/pages/dashboard-client/chart-shape.ts";

const times = { from: "2026-01-01T10:00:00.000Z", until: "2026-01-01T10:02:30.000Z", stepSeconds: 60 };
const box = { width: 150, height: 100, padding: 10 };
const startMs = Date.parse(times.from);

describe("a KPI's line", () => {
  it("has a point every minute and its last one now", () => {
    expect(pointsOf(["1", "2.50", "3", "4"], times)).toEqual([
      { atMs: startMs, value: 1, text: "1" },
      { atMs: startMs + 60_000, value: 2.5, text: "2.50" },
      { atMs: startMs + 120_000, value: 3, text: "3" },
      { atMs: startMs + 150_000, value: 4, text: "4" },
    ]);
  });

  it("leaves out what is no number, and is empty without times", () => {
    expect(pointsOf(["1", "x", "3"], times).map(({ value }) => value)).toEqual([1, 3]);
    expect(pointsOf(["1"], { ...times, from: "?" })).toEqual([]);
  });

  it("runs from edge to edge by time, and from the lowest value to the highest", () => {
    const shape = shapeOf(pointsOf(["10", "20", "15", "10"], times), box);
    expect(shape).toMatchObject({ lowest: 10, highest: 20, line: "M0 90L60 10L120 50L150 90", area: "M0 90L60 10L120 50L150 90L150 100L0 100Z" });
  });

  it.each([
    ["0", 90],
    ["7", 50],
  ])("that is always %s runs level at %d", (value, y) => {
    expect(shapeOf(pointsOf([value, value], times), box).places.map((place) => place.y)).toEqual([y, y]);
  });

  it("has no place where there is no point", () => {
    const shape = shapeOf([], box);
    expect(shape).toMatchObject({ places: [], line: "", area: "" });
    expect(nearestTo(5, shape)).toBeUndefined();
  });

  it.each([[-50, 0], [29, 0], [31, 1], [134, 2], [1_000, 3]])("is nearest to x = %d at point %d", (x, index) => {
    expect(nearestTo(x, shapeOf(pointsOf(["1", "2", "3", "4"], times), box))).toBe(index);
  });
});
