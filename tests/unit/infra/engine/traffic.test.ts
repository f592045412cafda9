import { expect, test } from "vitest";
import { colourWeight, parseTrafficTable } from "../../../../infra/engine/traffic.ts";

test("reads the weights of every workload", () => {
  const table = parseTrafficTable(
    '{"version": 3, "reason": "rollout", "weights": {"gateway": {"blue": 100, "green": 0}, "nft": {"blue": 50, "green": 50}}}',
  );
  expect(table).toEqual({
    version: 3,
    reason: "rollout",
    weights: { gateway: { blue: 100, green: 0 }, nft: { blue: 50, green: 50 } },
  });
  if (table === undefined) throw new Error("no table");
  expect(colourWeight(table, "blue")).toBe(100);
  expect(colourWeight(table, "green")).toBe(50);
});

test.each(["", "\n", "null", "[]", "{}", "NOAUTH Authentication required."])("takes %j for no table", (text) => {
  expect(parseTrafficTable(text)).toBeUndefined();
});
