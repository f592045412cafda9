import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { sendRaw, statusesOf } from "../../../support/raw-http.ts";
import { ask, GatewayFixture, type Upstream } from "./gateway-fixture.ts";

let fixture: GatewayFixture;
let gateway: RunningService;
let upstream: Upstream;

beforeAll(async () => {
  fixture = await GatewayFixture.create();
  gateway = await fixture.gateway();
  upstream = await fixture.upstream("nft", "nft-1");
  await fixture.knows(gateway, "nft", 1);
});
afterAll(async () => {
  await fixture.reset();
  await fixture.close();
});

const POST = "POST /api/v1/nft/x HTTP/1.1\r\nHost: a\r\n";
const SECOND = "GET /api/v1/nft/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

describe("a request whose length two readers could see differently (R-GW-1)", () => {
  it.each([
    ["both Content-Length and Transfer-Encoding", `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ["the same with the names the other way round", `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${SECOND}`],
    ["two different lengths", `${POST}Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd${SECOND}`],
    ["the same length twice", `${POST}Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd${SECOND}`],
    ["a list of lengths", `${POST}Content-Length: 4, 4\r\n\r\nabcd${SECOND}`],
    ["a length with a sign", `${POST}Content-Length: +4\r\n\r\nabcd${SECOND}`],
    ["a negative length", `${POST}Content-Length: -1\r\n\r\n${SECOND}`],
    ["a length that is no decimal number", `${POST}Content-Length: 0x4\r\n\r\nabcd${SECOND}`],
    ["a length beyond all numbers", `${POST}Content-Length: 99999999999999999999\r\n\r\nabcd`],
    ["a coding after chunked", `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SECOND}`],
    ["an unknown coding", `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ["chunked with a character before it", `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ["a space before the colon", `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ["a chunk size that is no number", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n${SECOND}`],
    ["a chunk size with a 0x", `${POST}Transfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n0\r\n\r\n${SECOND}`],
    ["a chunk size that overflows", `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nab\r\n0\r\n\r\n${SECOND}`],
    ["a chunk longer than it said", `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n${SECOND}`],
    ["chunk lines that end in a bare line feed", `${POST}Transfer-Encoding: chunked\r\n\r\n2\nab\n0\n\n${SECOND}`],
    ["a header that is folded over two lines", `${POST}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
    ["a folded Transfer-Encoding", `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ["header lines that end in a bare line feed", "GET /api/v1/nft/x HTTP/1.1\nHost: a\n\n"],
    ["a bare carriage return in a header", `${POST}X-A: b\rTransfer-Encoding: chunked\r\n\r\n`],
    ["a NUL in a header", `${POST}X-A: b\0c\r\nContent-Length: 0\r\n\r\n`],
    ["a header without a name", `${POST}: x\r\nContent-Length: 0\r\n\r\n`],
    ["a header name with a space", `${POST}X A: x\r\nContent-Length: 0\r\n\r\n`],
    ["no Host", "GET /api/v1/nft/x HTTP/1.1\r\n\r\n"],
    ["two Hosts", "GET /api/v1/nft/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    ["a second version", "GET /api/v1/nft/x HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a version that is none", "GET /api/v1/nft/x HTTP/9.9\r\nHost: a\r\n\r\n"],
    ["a space in the path", "GET /api/v1/nft/x y HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])("is refused for %s, reaches no service, and ends its connection", async (why, bytes) => {
    const before = upstream.requests;
    const { text, closed } = await sendRaw(gateway.port, bytes);
    expect(closed).toBe(true);
    const statuses = statusesOf(text);
    expect(statuses.every((status) => status === 400 || status === 413 || status === 505)).toBe(true);
    expect(statuses.length).toBeGreaterThan(0);
    expect(text).toMatch(/"code":"(malformed-request|body-too-large)"/);
    expect(text).not.toContain("smuggled");
    // A fault in the middle of a body is met when its request is on the way: it never gets to its end.
    expect(upstream.requests - before).toBeLessThanOrEqual(why.includes("chunk ") ? 1 : 0);
  });

  it("is not made by the gateway: what it forwards is framed anew", async () => {
    const bytes = `${POST}Transfer-Encoding: chunked\r\nConnection: close, x-secret\r\nX-Secret: 1\r\nTE: trailers\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n`;
    const { text } = await sendRaw(gateway.port, bytes);
    expect(statusesOf(text)).toEqual([200]);
    const body = JSON.parse(/\{.*\}/.exec(text)?.[0] ?? "") as { body: string; headers: Record<string, string> };
    expect(body.body).toBe("abcd");
    for (const name of ["x-secret", "te"]) expect(body.headers).not.toHaveProperty(name);
  });

  it("does not stand behind a good one on the same connection", async () => {
    const good = `${POST}Content-Length: 2\r\n\r\nok`;
    const { text, closed } = await sendRaw(gateway.port, `${good}${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`);
    expect(closed).toBe(true);
    expect(statusesOf(text)).toEqual([200, 400]);
    expect(text).not.toContain("smuggled");
  });

  it("leaves the gateway serving others", async () => {
    expect((await ask(gateway, "/api/v1/nft/rewards")).status).toBe(200);
  });
});
