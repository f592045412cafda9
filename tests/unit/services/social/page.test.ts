import { describe, expect, it } from "vitest";
import { decodeCursor } from "../../../../services/social/cursor.ts";
import { pageOf } from "../../../../services/social/page.ts";

const ids = [3, 2, 1].map((n) => ({ id: `019aa5d2-7c00-7000-8000-00000000000${n}` }));

describe("R-SVC-1 feed pages", () => {
  it("ends where there are no more rows", () => {
    expect(pageOf(ids, 3)).toEqual({ items: ids, nextCursor: null });
    expect(pageOf([], 3)).toEqual({ items: [], nextCursor: null });
  });

  it("points behind its last entry where there is one more row", () => {
    const { items, nextCursor } = pageOf(ids, 2);
    expect(items).toEqual(ids.slice(0, 2));
    expect(decodeCursor(nextCursor ?? "")).toBe(ids[1]?.id);
  });
});
