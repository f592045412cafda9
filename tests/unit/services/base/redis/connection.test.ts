import { describe, expect, it } from "vitest";
import { reconnectDelayMs } from "../../../../../services/base/redis/connection.ts";

describe("the wait before a reconnect to Redis", () => {
  it("doubles from 50 ms and ends at 1 s, however long Redis is away", () => {
    expect([1, 2, 3, 5, 6, 1000].map((attempt) => reconnectDelayMs(attempt, () => 1))).toEqual([50, 100, 200, 800, 1000, 1000]);
  });

  it("spreads processes over the last quarter", () => {
    expect(reconnectDelayMs(6, () => 0)).toBe(750);
  });
});
