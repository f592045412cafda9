import { describe, expect, it } from "vitest";
import { type Knowledge, stateLine } from "../../../../../../services/gateway/pages/dashboard-client/state-line.ts";

const NOW = 1_700_000_000_000;
const figures = (ageSeconds: number, isStale = false): Knowledge["figures"] => ({ atMs: NOW - ageSeconds * 1000, isStale, reason: isStale ? "financial-unreachable" : null });

describe("what the page says of its figures", () => {
  it("is that they are live, with their age", () => {
    expect(stateLine({ figures: figures(3), trouble: undefined }, NOW)).toEqual({ state: "live", label: "Live", age: "figures 3 s old", banner: "" });
  });

  it("is since when they are stale and why, as the gateway tells it", () => {
    const line = stateLine({ figures: figures(40, true), trouble: undefined }, NOW);
    expect(line).toMatchObject({ state: "stale", age: "figures 40 s old" });
    expect(line.label).toMatch(/^Stale since \d\d:\d\d:\d\d$/);
    expect(line.banner).toMatch(/The financial service cannot be reached\. These are the last figures known, 40 s old\.$/);
  });

  it("is that it tries again, and stale only when the figures have become old", () => {
    const trouble = "The gateway cannot be reached.";
    expect(stateLine({ figures: figures(6), trouble }, NOW)).toMatchObject({ state: "trying", label: "Trying again", banner: "" });
    expect(stateLine({ figures: figures(16), trouble }, NOW).banner).toContain(trouble);
  });

  it("is that they are stale when nothing has come for long, as after a computer's sleep", () => {
    expect(stateLine({ figures: figures(7_200), trouble: undefined }, NOW)).toMatchObject({ state: "stale", age: "figures 2 h old" });
  });

  it("is that there are none yet", () => {
    expect(stateLine({ figures: undefined, trouble: undefined }, NOW)).toMatchObject({ state: "waiting", banner: "" });
    expect(stateLine({ figures: undefined, trouble: "The financial service cannot be reached." }, NOW).banner).toMatch(/^No figures yet\. The financial service cannot be reached\./);
  });
});
