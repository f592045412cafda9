import { describe, expect, it } from "vitest";
import { MalformedAnswerError } from "../../../../../services/gateway/upstream/answer-head.ts";
import { Chunks } from "../../../../../services/gateway/upstream/chunks.ts";

/** Reads a text in pieces of so many bytes. */
function read(text: string, piece = text.length): { body: string; isDone: boolean; rest: string } {
  const chunks = new Chunks();
  const buffer = Buffer.from(text, "latin1");
  let body = "";
  let at = 0;
  while (at < buffer.length && !chunks.isDone) {
    at = chunks.read(buffer, at, Math.min(buffer.length, at + piece), (start, end) => (body += buffer.toString("latin1", start, end)));
  }
  return { body, isDone: chunks.isDone, rest: text.slice(at) };
}

const BODY = "4\r\nWiki\r\n6;name=\"v\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n";
const WHOLE = "Wikipedia in \r\n\r\nchunks.";

describe("a chunked body", () => {
  it.each([1, 2, 3, 7, BODY.length])("is the same in pieces of %i bytes, without extensions and trailers", (piece) => {
    expect(read(BODY, piece)).toEqual({ body: WHOLE, isDone: true, rest: "" });
  });

  it("ends where it says, whatever follows", () => {
    expect(read("1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK")).toEqual({ body: "a", isDone: true, rest: "HTTP/1.1 200 OK" });
  });

  it("is not whole before its last chunk", () => {
    expect(read("1\r\na\r\n").isDone).toBe(false);
    expect(read("1\r\na\r\n0\r\n").isDone).toBe(false);
  });

  it.each([
    ["no size", "\r\n"],
    ["a size that is none", "g\r\n"],
    ["a signed size", "-1\r\n"],
    ["a size with a blank", "1 \r\na\r\n"],
    ["a size as long as it likes", `${"0".repeat(8)}1\r\n`],
    ["half a line end behind a size", "1\na"],
    ["half a line end behind a chunk", "1\r\na\n"],
    ["a chunk that is longer than it says", "1\r\nab\r\n"],
    ["half a line end in an extension", "1;a\nb\r\n"],
    ["half a line end in a trailer", "0\r\nX-A: 1\n\r\n"],
    ["a carriage return in a trailer", "0\r\nX-A: 1\rb\r\n\r\n"],
    ["an endless extension", `1;${"a".repeat(5_000)}`],
    ["an endless trailer", `0\r\n${"a".repeat(17_000)}`],
  ])("with %s is refused", (_what, text) => {
    expect(() => read(text)).toThrow(MalformedAnswerError);
  });
});
