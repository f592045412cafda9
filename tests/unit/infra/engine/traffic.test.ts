import { describe, expect, test } from "vitest";
import { firstTable } from "../../../../services/base/traffic/table.ts";
import { allTo, bothAtLeast, liveColours, presentWeights } from "../../../../infra/engine/traffic.ts";
import { colourWeight } from "../../../../infra/rollout/table-change.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const blue = testStack("blue").containers.map((spec) => containerOf(spec));
const green = testStack("green").containers.map((spec) => containerOf(spec));
const workloads = ["gateway", "trading", "nft"];
const table = firstTable(workloads, "blue", "test", new Date(0));

describe("presentWeights (R-DEP-2)", () => {
  test("is the table where both colours run", () => {
    expect(presentWeights(table, [...blue, ...green])).toEqual(table.weights);
  });

  test("gives everything to the colour that is left, whatever the table says", () => {
    const weights = presentWeights(table, green);
    expect(weights["trading"]).toEqual({ blue: 0, green: 100 });
    expect(colourWeight(weights, "blue")).toBe(0);
    expect(colourWeight(weights, "green")).toBe(100);
  });

  test("looks at each workload by itself", () => {
    const halfGone = blue.map((one) => (one.workload === "nft" ? { ...one, state: "exited" } : one));
    expect(presentWeights(table, [...halfGone, ...green])).toEqual({
      gateway: { blue: 100, green: 0 },
      trading: { blue: 100, green: 0 },
      nft: { blue: 0, green: 100 },
    });
  });
});

test("allTo gives one colour every workload that the table knows", () => {
  const all = { blue: 0, green: 100 };
  expect(allTo(table, "green")).toEqual({ gateway: all, trading: all, nft: all });
});

test("bothAtLeast takes no weight from the colour that serves, and changes nothing where it serves no more", () => {
  expect(bothAtLeast("green")(table)["trading"]).toEqual({ blue: 100, green: 100 });
  expect(bothAtLeast("blue")(table)).toBe(table.weights);
});

test("a workload is alive where a container of it runs", () => {
  expect(liveColours([...blue, ...green], "trading")).toEqual({ blue: true, green: true });
  expect(liveColours(blue, "trading")).toEqual({ blue: true, green: false });
  expect(liveColours(blue.map((one) => ({ ...one, state: "restarting" })), "trading").blue).toBe(false);
});
