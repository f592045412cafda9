import { describe, expect, it } from "vitest";
import { isUnderWatch, type Release } from "../../../../../services/base/traffic/release.ts";

const release: Release = {
  id: "1",
  from: "blue",
  to: "green",
  state: "watching",
  step: 21,
  steps: 21,
  startedAt: "2026-01-01T00:00:00.000Z",
  watchUntil: "2026-01-01T00:10:00.000Z",
};
const at = (time: string): number => Date.parse(`2026-01-01T${time}.000Z`);

describe("a release (R-DEP-3)", () => {
  it("is under watch until the end of its watch period, and not a moment longer", () => {
    expect(isUnderWatch(release, at("00:09:59"))).toBe(true);
    expect(isUnderWatch(release, at("00:10:00"))).toBe(false);
  });

  it("is under watch as long as its weight moves", () => {
    const running = { ...release, state: "running" as const };
    delete (running as { watchUntil?: string }).watchUntil;
    expect(isUnderWatch(running, at("23:00:00"))).toBe(true);
  });

  it("that was taken back is not, nor is one that never was", () => {
    expect(isUnderWatch({ ...release, state: "reverted" }, at("00:01:00"))).toBe(false);
    expect(isUnderWatch(undefined, at("00:01:00"))).toBe(false);
  });
});
