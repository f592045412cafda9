import { describe, expect, it } from "vitest";
import { requestHeaders, responseHeaders } from "../../../../../services/gateway/proxy/headers.ts";

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
