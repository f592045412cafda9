import pino from "pino";
import { describe, expect, it } from "vitest";
import type { Database } from "../../../../../services/base/postgres/database.ts";
import type { ColourWeights } from "../../../../../services/base/traffic/table.ts";
import { Renewals } from "../../../../../services/financial/subscriptions/renewal.ts";

/** How often a process of this colour looks for what is due, at these weights of trading. */
async function looksOf(colour: "blue" | "green", weights: ColourWeights): Promise<number> {
  let looks = 0;
  const database: Database = {
    query: () => Promise.resolve([]),
    transaction: () => {
      looks += 1;
      return Promise.resolve(0 as never);
    },
    close: () => Promise.resolve(),
  };
  const renewals = new Renewals({
    database,
    events: { publish: () => Promise.reject(new Error("nothing is due")) },
    clock: { now: () => 0 },
    log: pino({ level: "silent" }),
    config: { colour },
    traffic: { weights: () => weights },
  });
  await renewals.look();
  return looks;
}

describe("R-DEP-3 renewals during a rollout", () => {
  it.each<["blue" | "green", ColourWeights, number]>([
    ["blue", { blue: 100, green: 0 }, 1],
    ["green", { blue: 100, green: 0 }, 0],
    ["green", { blue: 50, green: 50 }, 0],
    ["blue", { blue: 50, green: 50 }, 0],
    ["green", { blue: 0, green: 100 }, 1],
  ])("are made by %s only while trading, which has to know of them, is all of its release: %j", async (colour, weights, looks) => {
    expect(await looksOf(colour, weights)).toBe(looks);
  });
});
