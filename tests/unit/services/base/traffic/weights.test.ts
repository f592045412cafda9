import { describe, expect, it } from "vitest";
import { effectiveWeights, tableWeights } from "../../../../../services/base/traffic/weights.ts";
import { tableWith } from "../fixtures.ts";

const BLUE_ONLY = { blue: 100, green: 0 };

describe("effective weights", () => {
  it("are the table's while both colours live", () => {
    expect(effectiveWeights({ blue: 70, green: 30 }, { blue: true, green: true })).toEqual({ blue: 70, green: 30 });
  });

  it("give everything to the other colour when one has no live instance: R-DEP-2", () => {
    expect(effectiveWeights(BLUE_ONLY, { blue: false, green: true })).toEqual({ blue: 0, green: 100 });
    expect(effectiveWeights({ blue: 10, green: 90 }, { blue: true, green: false })).toEqual({ blue: 100, green: 0 });
  });

  it("stay the table's where nobody lives", () => {
    expect(effectiveWeights(BLUE_ONLY, { blue: false, green: false })).toEqual(BLUE_ONLY);
  });
});

describe("weights of a workload", () => {
  it("follow the gateway's for a service that the table does not know yet", () => {
    expect(tableWeights(tableWith(), "brand-new")).toEqual(BLUE_ONLY);
  });

  it("are equal for both colours without a table", () => {
    expect(tableWeights(undefined, "trading")).toEqual({ blue: 100, green: 100 });
  });
});
