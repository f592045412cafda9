import { describe, expect, it } from "vitest";
import { OpenStreams } from "../../../../../services/gateway/proxy/open-streams.ts";

describe("streams without an end of their own (R-GW-1)", () => {
  it("are ended when the gateway stops, and forgotten when they end before", () => {
    const streams = new OpenStreams();
    const ended: string[] = [];
    streams.add(() => ended.push("first"));
    streams.add(() => ended.push("second"))();
    expect(streams.size).toBe(1);
    streams.drain();
    expect(ended).toEqual(["first"]);
  });

  it("that come while it stops are ended at once", () => {
    const streams = new OpenStreams();
    streams.drain();
    let ended = false;
    streams.add(() => (ended = true));
    expect([ended, streams.size]).toEqual([true, 0]);
  });
});
