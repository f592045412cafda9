import { describe, expect, it } from "vitest";
import { WindowTable } from "../../../../../services/gateway/limits/window-table.ts";

describe("the table of windows (R-GW-5)", () => {
  it("stays bounded whatever users are made up, and forgets the oldest first", () => {
    const table = new WindowTable(100);
    for (let user = 0; user < 1_000; user += 1) table.of(`user:${user}`, 0);
    expect(table.size).toBeLessThanOrEqual(100);
    expect(table.find("user:999")).toBeDefined();
    expect(table.find("user:0")).toBeUndefined();
  });

  it("makes room by windows that are over before it forgets open ones", () => {
    const table = new WindowTable(3);
    table.of("over", 0);
    table.of("open-1", 50_000);
    table.of("open-2", 50_000);
    table.of("new", 70_000);
    expect(["over", "open-1", "open-2", "new"].map((key) => table.find(key) !== undefined)).toEqual([false, true, true, true]);
  });
});
