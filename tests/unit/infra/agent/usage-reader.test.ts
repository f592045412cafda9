import { expect, test } from "vitest";
import { bounded } from "../../../../infra/agent/bounded.ts";
import { UsageReader } from "../../../../infra/agent/usage-reader.ts";
import { FakeClock, someUsage } from "../../../support/fake-engine.ts";

test("bounded keeps the order and never does more than its limit at a time", async () => {
  let now = 0;
  let most = 0;
  const results = await bounded([3, 1, 2, 5, 4], 2, async (item) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 50, 40]);
  expect(most).toBe(2);
});

test("a measurement is shared for two seconds, and one container that fails does not spoil it", async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const errors: unknown[] = [];
  const reader = new UsageReader({
    clock,
    read: async (id) => {
      asked.push(id);
      return id === "broken" ? await Promise.reject(new Error("no")) : await Promise.resolve(id === "still" ? undefined : someUsage);
    },
    onError: (error) => errors.push(error),
  });
  const [first, second] = await Promise.all([reader.usages(["a", "broken", "still"]), reader.usages(["a"])]);
  expect([...first.keys()]).toEqual(["a"]);
  expect(second).toBe(first);
  expect(errors).toHaveLength(1);
  clock.passSeconds(1.999);
  await reader.usages(["a"]);
  expect(asked).toHaveLength(3);
  clock.passSeconds(0.001);
  await reader.usages(["a"]);
  expect(asked).toHaveLength(4);
});
