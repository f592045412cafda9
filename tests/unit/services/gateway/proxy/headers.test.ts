import { describe, expect, it } from "vitest";
import { requestHead, requestHeaders, responseHeaders } from "../../../../../services/gateway/proxy/headers.ts";

const FORWARDED = { correlationId: "c-12345678", clientAddress: "10.0.0.9", host: "astra.test", protocol: "http" };

describe("headers to a service", () => {
  it("are the caller's without those of the connection, and say who called", () => {
    const incoming = {
      host: "astra.test",
      connection: "keep-alive, X-Private",
      "keep-alive": "timeout=5",
      "transfer-encoding": "chunked",
      upgrade: "h2c",
      te: "trailers",
      expect: "100-continue",
      "x-private": "1",
      "x-astra-operator-token": "secret",
      authorization: "Bearer t",
      traceparent: "00-1-2-01",
      "x-correlation-id": "bad",
    };
    expect(requestHeaders(incoming, FORWARDED)).toEqual({
      authorization: "Bearer t",
      traceparent: "00-1-2-01",
      "x-correlation-id": "c-12345678",
      "x-forwarded-for": "10.0.0.9",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "astra.test",
    });
  });

  it("keep the chain of proxies before us", () => {
    expect(requestHeaders({ "x-forwarded-for": "203.0.113.7" }, FORWARDED)["x-forwarded-for"]).toBe("203.0.113.7, 10.0.0.9");
  });
});

describe("the head of a request to a service", () => {
  /** The headers in the text of a head, by name; several of one name together. */
  const tableOf = (head: string): Record<string, string | string[]> => {
    const table: Record<string, string | string[]> = {};
    for (const line of head.split("\r\n").slice(1, -1)) {
      const [, name = "", value = ""] = /^([^:]+): (.*)$/.exec(line) ?? [];
      table[name] = table[name] === undefined ? value : [table[name], value].flat();
    }
    return table;
  };

  it.each([
    ["nothing but a host", { host: "astra.test" }, {}],
    ["what proxies said before", { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "shop.test" }, {}],
    ["headers of the connection", { connection: "keep-alive, X-Private", "x-private": "1", te: "trailers", upgrade: "h2c", expect: "100-continue", accept: "*/*" }, {}],
    ["a connection that names what is said here", { connection: "x-forwarded-proto, traceparent", "x-forwarded-proto": "https", traceparent: "00-1-2-01" }, {}],
    ["several values", { "x-list": ["a", "b"] as unknown as string, cookie: "a=1; b=2" }, {}],
    ["a trace of its own", { traceparent: "00-1-2-01", tracestate: "shop=abc" }, {}],
    ["a trace that goes on here", { traceparent: "00-1-2-01", tracestate: "shop=abc" }, { traceparent: "00-1-3-01", isNewTrace: false }],
    ["a trace that begins here", { traceparent: "rubbish", tracestate: "shop=abc" }, { traceparent: "00-9-3-00", isNewTrace: true }],
    ["an operator's token and a bad id", { "x-astra-operator-token": "secret", "x-correlation-id": "bad" }, {}],
  ])("says the same as the table of headers, for a caller with %s", (_what, incoming, trace) => {
    const forwarded = { ...FORWARDED, ...trace };
    const head = requestHead("GET", "/api/v1/x?y=1", incoming, forwarded);
    expect(head.startsWith("GET /api/v1/x?y=1 HTTP/1.1\r\n")).toBe(true);
    expect(tableOf(head)).toEqual(requestHeaders(incoming, forwarded));
  });

  it.each(["/a b", "/a\r\nX-Evil: 1", "/a\n", "/\u0100", "/\0"])("is made for no path that would end its line: %j", (path) => {
    expect(() => requestHead("GET", path, {}, FORWARDED)).toThrow(RangeError);
  });
});

describe("headers to the caller", () => {
  it("are the service's without those of the connection, and the gateway's own stand above them", () => {
    const upstream = { "content-type": "text/plain", connection: "close", "transfer-encoding": "chunked", "set-cookie": ["a=1", "b=2"], "x-correlation-id": "other" };
    expect(responseHeaders(upstream, { "x-correlation-id": "c-12345678" })).toEqual({
      "content-type": "text/plain",
      "set-cookie": ["a=1", "b=2"],
      "x-correlation-id": "c-12345678",
    });
  });
});
