import { describe, expect, it } from "vitest";
import { nextView } from "../../../../../services/base/registry/view.ts";
import { NO_TAKERS } from "../../../../../services/base/registry/view.ts";
import type { Instance } from "../../../../../services/base/registry/instance.ts";
import { InstanceChooser, type Wish } from "../../../../../services/gateway/routing/chooser.ts";
import { Suspects } from "../../../../../services/gateway/routing/suspects.ts";
import { FakeClock, instanceWith, tableWith } from "../../base/fixtures.ts";

function setUp(entries: readonly Instance[], weights = { blue: 100, green: 0 }) {
  const clock = new FakeClock();
  const suspects = new Suspects(clock);
  const view = nextView(entries, 0, clock.now(), undefined);
  const table = tableWith({ weights: { trading: weights } });
  const chooser = new InstanceChooser({ takers: (service) => view.takers.get(service) ?? NO_TAKERS, table: () => table }, suspects);
  const choose = (count: number, wish?: Wish): (string | undefined)[] =>
    Array.from({ length: count }, () => chooser.choose("trading", wish)?.instance);
  return { clock, suspects, choose };
}

const blue1 = instanceWith({ instance: "blue-1" });
const blue2 = instanceWith({ instance: "blue-2" });
const green1 = instanceWith({ instance: "green-1", colour: "green" });

describe("the choice of an instance", () => {
  it("goes in turn over the instances of the colour that has the weight (R-GW-2)", () => {
    expect(setUp([blue1, blue2, green1]).choose(4)).toEqual(["blue-1", "blue-2", "blue-1", "blue-2"]);
  });

  it("follows the weights of the traffic table (R-DEP-3)", () => {
    const seen = setUp([blue1, green1], { blue: 75, green: 25 }).choose(8);
    expect(seen.filter((name) => name === "green-1")).toHaveLength(2);
  });

  it("goes to the colour without weight when the other has nobody left (R-DEP-2)", () => {
    expect(setUp([green1]).choose(2)).toEqual(["green-1", "green-1"]);
  });

  it("passes over an instance that failed a moment ago, and comes back after 2 s (R-GW-3)", () => {
    const { choose, suspects, clock } = setUp([blue1, blue2]);
    suspects.mark("blue-1");
    expect(choose(3)).toEqual(["blue-2", "blue-2", "blue-2"]);
    clock.advance(2_000);
    expect(new Set(choose(2))).toEqual(new Set(["blue-1", "blue-2"]));
  });

  it("asks a suspect rather than nobody", () => {
    const { choose, suspects } = setUp([blue1]);
    suspects.mark("blue-1");
    expect(choose(1)).toEqual(["blue-1"]);
  });

  it("never repeats an instance that this request has tried", () => {
    expect(setUp([blue1, blue2]).choose(2, { tried: new Set(["blue-1"]) })).toEqual(["blue-2", "blue-2"]);
    expect(setUp([blue1]).choose(1, { tried: new Set(["blue-1"]) })).toEqual([undefined]);
  });

  it("stays with the colour that an operator asks for, whatever the weights", () => {
    expect(setUp([blue1, green1]).choose(2, { colour: "green" })).toEqual(["green-1", "green-1"]);
    expect(setUp([blue1]).choose(1, { colour: "green" })).toEqual([undefined]);
  });
});
