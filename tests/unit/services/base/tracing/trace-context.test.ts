import { describe, expect, it } from "vitest";
import { parseTraceparent, traceparentOf } from "../../../../../services/base/tracing/trace-context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("R-GW-6 W3C trace context", () => {
  it.each([
    ["sampled", `00-${TRACE}-${SPAN}-01`],
    ["not sampled", `00-${TRACE}-${SPAN}-00`],
  ])("is read and written alike when %s", (_, header) => {
    const context = parseTraceparent(header);
    expect(context).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
    expect(context === undefined ? "" : traceparentOf(context)).toBe(header);
  });

  it("of a later version counts, and goes on as ours", () => {
    const context = parseTraceparent(`01-${TRACE}-${SPAN}-01-more`);
    expect(context === undefined ? "" : traceparentOf(context)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  it.each([
    ["nothing", undefined],
    ["rubbish", "rubbish"],
    ["two headers in one", `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ["no trace id", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["no span id", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["version 255", `ff-${TRACE}-${SPAN}-01`],
    ["more than version 0 has", `00-${TRACE}-${SPAN}-01-more`],
    ["a header without end", `01-${TRACE}-${SPAN}-01-${"x".repeat(1_000)}`],
  ])("is none in %s", (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it("keeps other systems' state with what is recorded", () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`, "shop=abc")?.traceState?.get("shop")).toBe("abc");
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`, "shop=abc")?.traceState).toBeUndefined();
  });
});
