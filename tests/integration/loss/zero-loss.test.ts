import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LossPlatform } from "../../loss/platform.ts";
import { runLoss } from "../../loss/run.ts";

/** `npm run test:loss`: 100,000 operations, and a seed of its own each time. */
const isLong = process.env["ASTRA_LOSS"] === "long";
const operations = Number(process.env["ASTRA_LOSS_OPERATIONS"] ?? (isLong ? 100_000 : 300));
const seed = Number(process.env["ASTRA_LOSS_SEED"] ?? (isLong ? Date.now() % 2 ** 31 : 20_261_121));

let platform: LossPlatform;

beforeAll(async () => {
  platform = await LossPlatform.start();
}, 240_000);

afterAll(async () => {
  await platform.stop();
}, 120_000);

describe("R-EVT-3 zero loss", () => {
  it(
    "gives every acknowledged write its effects exactly once, whatever is killed, paused, cut or wiped meanwhile",
    async () => {
      console.log(`seed ${seed}, ${operations} operations (again: ASTRA_LOSS_SEED=${seed} ASTRA_LOSS_OPERATIONS=${operations} npm run test:loss)`);
      const result = await runLoss(platform, { seed, operations, clients: 8, rounds: isLong ? 50 : 1, settleMs: isLong ? 900_000 : 150_000 });
      const { trades, posts, planted } = result.acknowledged;
      console.log(
        `${trades.length} trades, ${posts.length} posts acknowledged, ${planted.length} events planted; ${result.events} events, ` +
          `${result.effects} effects; ${result.history.length} faults: ${isLong ? "" : result.history.join(", ")}`,
      );
      expect(result.faults).toEqual([]);
      expect(trades.length).toBeGreaterThan(operations / 3);
      expect(result.events).toBeGreaterThanOrEqual(trades.length + posts.length);
      expect(planted.length).toBeGreaterThan(0);
    },
    isLong ? 6 * 3_600_000 : 400_000,
  );
});
