import { describe, expect, it } from "vitest";
import { compareStreamIds, earliestStreamId, streamIdTime } from "../../../../../services/base/events/stream-id.ts";
import { trimBound } from "../../../../../services/base/events/trim.ts";

describe("stream ids", () => {
  it("are ordered by number and not by text", () => {
    expect(compareStreamIds("9-0", "10-0")).toBe(-1);
    expect(compareStreamIds("5-10", "5-9")).toBe(1);
    expect(compareStreamIds("5-1", "5-1")).toBe(0);
    expect(compareStreamIds("1700000000001-9", "1700000000002-0")).toBe(-1);
    expect(compareStreamIds("1700000000001-12", "1700000000001-11")).toBe(1);
    // As long as each other, and cut at another place.
    expect(compareStreamIds("99-10", "100-1")).toBe(-1);
    expect(earliestStreamId(["100-2", "99-7", "100-1"])).toBe("99-7");
    expect(earliestStreamId([])).toBeUndefined();
    expect(streamIdTime("1700000000000-3")).toBe(1_700_000_000_000);
  });
});

describe("the trim bound (R-EVT-3)", () => {
  it("is the last entry that the slowest group was given", () => {
    expect(trimBound([{ name: "a", lastDelivered: "50-0" }, { name: "b", lastDelivered: "20-0" }], "60-0")).toBe("20-0");
  });

  it("never passes an entry that is pending in any group", () => {
    expect(
      trimBound([{ name: "a", lastDelivered: "50-0", oldestPending: "7-1" }, { name: "b", lastDelivered: "20-0" }], "60-0"),
    ).toBe("7-1");
  });

  it("stays at the beginning for a group that has read nothing", () => {
    expect(trimBound([{ name: "a", lastDelivered: "50-0" }, { name: "new", lastDelivered: "0-0" }], "60-0")).toBe("0-0");
  });

  it("keeps the relay's last entry, although a replay came after it", () => {
    expect(trimBound([{ name: "a", lastDelivered: "70-0" }], "60-0")).toBe("60-0");
  });

  it("is absent while nobody reads the stream", () => {
    expect(trimBound([], "60-0")).toBeUndefined();
  });
});
