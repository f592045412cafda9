import { describe, expect, it } from "vitest";
import { fieldOf, MalformedAnswerError, parseAnswerHead } from "../../../../../services/gateway/upstream/answer-head.ts";

const parse = (lines: readonly string[], isHead = false) => parseAnswerHead(lines.join("\r\n"), isHead);
const OK = "HTTP/1.1 200 OK";

describe("the head of a service's answer (R-GW-1)", () => {
  it("is a status, the headers of the message, and how its body ends", () => {
    const head = parse([OK, "Content-Type: application/json", "X-Two:  b \t", "Content-Length: 12", "Connection: keep-alive", "Keep-Alive: timeout=72"]);
    expect(head).toEqual({
      status: 200,
      fields: ["content-type", "application/json", "x-two", "b", "content-length", "12"],
      body: "length",
      length: 12,
      keepMs: 72_000,
    });
  });

  it("keeps headers that come several times, in their order", () => {
    expect(parse([OK, "Set-Cookie: a=1", "Set-Cookie: b=2", "Content-Length: 0"]).fields.filter((_, index) => index % 2 === 1)).toEqual(["a=1", "b=2", "0"]);
  });

  it("takes letters beyond ASCII as the bytes that they are, and a status without a reason", () => {
    expect(parse(["HTTP/1.1 404", "x-name: J\xfcrgen"])).toMatchObject({ status: 404, fields: ["x-name", "J\xfcrgen"] });
  });

  it("loses what is of the connection only, whatever `Connection` names", () => {
    const head = parse([OK, "Connection: close, X-Private", "X-Private: 1", "X-Kept: 2", "Upgrade: h2c", "Proxy-Authenticate: Basic", "TE: trailers", "Trailer: X-Sum"]);
    expect(head).toMatchObject({ fields: ["x-kept", "2"], keepMs: 0 });
  });

  it.each([
    ["a GET with chunks", [OK, "Transfer-Encoding: Chunked"], false, "chunked", undefined],
    ["a GET without a length", [OK], false, "until-close", 0],
    ["a HEAD with a length", [OK, "Content-Length: 5"], true, "none", undefined],
    ["204", ["HTTP/1.1 204 No Content"], false, "none", undefined],
    ["304 with a length", ["HTTP/1.1 304 Not Modified", "Content-Length: 5"], false, "none", undefined],
    ["HTTP/1.0", ["HTTP/1.0 200 OK", "Content-Length: 5"], false, "length", 0],
    ["HTTP/1.0 that is kept", ["HTTP/1.0 200 OK", "Content-Length: 5", "Connection: Keep-Alive"], false, "length", undefined],
    ["Connection: close", [OK, "Content-Length: 5", "Connection: Close"], false, "length", 0],
  ] as const)("knows the body of %s", (_what, lines, isHead, body, keepMs) => {
    expect(parse(lines, isHead)).toMatchObject({ body, keepMs });
  });

  it("finds a header by its name, the first of several", () => {
    expect([fieldOf(["a", "1", "b", "2", "b", "3"], "b"), fieldOf(["a", "b"], "b")]).toEqual(["2", undefined]);
  });
});

describe("an answer that two readers could read differently is nobody's (smuggling)", () => {
  it.each([
    ["no status line", ["200 OK"]],
    ["a status that is none", ["HTTP/1.1 20 OK"]],
    ["another protocol", ["HTTP/2 200 OK"]],
    ["a length and chunks", [OK, "Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["two lengths", [OK, "Content-Length: 5", "Content-Length: 6"]],
    ["the same length twice", [OK, "Content-Length: 5", "Content-Length: 5"]],
    ["a list of lengths", [OK, "Content-Length: 5, 5"]],
    ["a signed length", [OK, "Content-Length: +5"]],
    ["a hexadecimal length", [OK, "Content-Length: 0x5"]],
    ["an endless length", [OK, `Content-Length: ${"9".repeat(16)}`]],
    ["an encoding beside chunks", [OK, "Transfer-Encoding: gzip, chunked"]],
    ["chunks twice", [OK, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
    ["chunks in HTTP/1.0", ["HTTP/1.0 200 OK", "Transfer-Encoding: chunked"]],
    ["a folded line", [OK, "X-A: 1", " folded"]],
    ["a blank before the colon", [OK, "Content-Length : 5"]],
    ["a line without a colon", [OK, "Content-Length"]],
    ["a name that is empty", [OK, ": 5"]],
    ["half a line end", [OK, "X-A: 1\nContent-Length: 5"]],
    ["the other half", [OK, "X-A: 1\rContent-Length: 5"]],
    ["a control character", [OK, "X-A: \0"]],
  ])("%s", (_what, lines) => {
    expect(() => parse(lines)).toThrow(MalformedAnswerError);
  });
});
