import { describe, expect, it } from "vitest";
import { effectiveWeights, instanceShare, tableWeights } from "../../../../../services/base/traffic/weights.ts";
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

describe("what one instance asks the edge for (R-DEP-3)", () => {
  it.each([
    [100, 1, 100],
    [50, 2, 25],
    [100, 3, 33],
    [1, 4, 1],
    [0, 2, 0],
    [100, 0, 100],
  ])("is of weight %d among %d instances %d", (weight, instances, share) => {
    expect(instanceShare(weight, instances)).toBe(share);
  });

  it("makes two gateways of one colour ask for as much together as one of the other colour", () => {
    expect(2 * instanceShare(50, 2)).toBe(instanceShare(50, 1));
  });
});
