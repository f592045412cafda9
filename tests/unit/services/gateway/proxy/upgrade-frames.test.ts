import { describe, expect, it } from "vitest";
import { closeFrame, FrameBoundaries } from "../../../../../services/gateway/proxy/upgrade-frames.ts";

const frame = (payload: number, masked: boolean): Buffer => {
  const head = payload < 126 ? [payload] : payload < 65_536 ? [126, payload >> 8, payload & 0xff] : [127, 0, 0, 0, 0, payload >>> 24, (payload >> 16) & 0xff, (payload >> 8) & 0xff, payload & 0xff];
  head[0] = (head[0] ?? 0) | (masked ? 0x80 : 0);
  return Buffer.concat([Buffer.from([0x82, ...head, ...(masked ? [1, 2, 3, 4] : [])]), Buffer.alloc(payload)]);
};

describe("the frames of a WebSocket (R-GW-1)", () => {
  it.each([[0], [1], [125], [126], [65_535], [65_536], [100_000]])("are followed with %d bytes of payload, masked or not", (payload) => {
    for (const masked of [false, true]) {
      const bytes = frame(payload, masked);
      const frames = new FrameBoundaries();
      expect(frames.follow(bytes.subarray(0, bytes.length - 1))).toBe(-1);
      expect(frames.isBetween).toBe(false);
      expect(frames.follow(bytes.subarray(bytes.length - 1))).toBe(1);
      expect(frames.isBetween).toBe(true);
    }
  });

  it("are followed byte by byte", () => {
    const frames = new FrameBoundaries();
    const bytes = Buffer.concat([frame(300, true), frame(0, false)]);
    const ends = [...bytes].flatMap((byte, index) => (frames.follow(Buffer.from([byte])) === 1 ? [index + 1] : []));
    expect(ends).toEqual([308, 310]);
  });

  it("are found where several come together: the first end is told", () => {
    const frames = new FrameBoundaries();
    expect(frames.follow(Buffer.concat([frame(5, false), frame(9, false), Buffer.from([0x81])]))).toBe(7);
    expect(frames.isBetween).toBe(false);
  });

  it("end with a close frame that says why, masked on the way to a service", () => {
    expect([...closeFrame(1001, false)]).toEqual([0x88, 2, 0x03, 0xe9]);
    expect([...closeFrame(1001, true)]).toEqual([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]);
  });
});
