import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LossPlatform } from "../../loss/platform.ts";
import { runLoss } from "../../loss/run.ts";
import { summaryOf } from "../../loss/summary.ts";
import { stores } from "../../support/stores.ts";

/** The short form of `npm run test:loss`; another seed by ASTRA_LOSS_SEED. */
const OPERATIONS = 300;
const seed = Number(process.env["ASTRA_LOSS_SEED"] ?? 20_261_121);

let platform: LossPlatform;

beforeAll(async () => {
  platform = await LossPlatform.start(stores());
}, 240_000);

afterAll(async () => {
  await platform.stop();
}, 120_000);

describe("R-EVT-3 zero loss", () => {
  it("gives every acknowledged write its effects exactly once, whatever is killed, paused, cut or wiped meanwhile", async () => {
    const told: string[] = [];
    const result = await runLoss(platform, {
      seed, operations: OPERATIONS, clients: 8, rounds: 1, operateMs: 300_000, settleMs: 150_000, tell: (line) => void told.push(line),
    });
    console.log(summaryOf(result, seed));
    const { trades, posts, planted } = result.answers;
    expect(result.faults, told.join("\n")).toEqual([]);
    expect(trades.length).toBeGreaterThan(OPERATIONS / 3);
    expect(result.events).toBeGreaterThanOrEqual(trades.length + posts.length);
    expect(planted.length).toBeGreaterThan(0);
  }, 500_000);
});
