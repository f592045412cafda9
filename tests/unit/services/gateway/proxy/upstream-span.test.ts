import { describe, expect, it } from "vitest";
import { createTracing } from "../../../../../services/base/tracing/tracing.ts";
import type { ProxyCall } from "../../../../../services/gateway/proxy/proxy-call.ts";
import { endUpstreamSpan, startUpstreamSpan, traceHeaders } from "../../../../../services/gateway/proxy/upstream-span.ts";
import { keepingRecorder } from "../../base/tracing/recorded.ts";

const CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
const instance = { instance: "trading-1", address: "10.0.0.7", port: 8001, colour: "green" } as const;

/** What the span needs of a call. */
function callWith(trace: ProxyCall["trace"]): ProxyCall {
  return { correlationId: "corr-0001", method: "GET", url: "/api/v1/trading/prices?key=secret", trace } as ProxyCall;
}

const to = (attempt = 1) => ({ service: "trading", instance, attempt });

describe("R-GW-6 what the gateway tells a service of the trace", () => {
  it("is the caller's where it is not recorded, with the caller's state", () => {
    const call = callWith(createTracing().incoming({ traceparent: CALLERS }, () => "GET"));
    const span = startUpstreamSpan(call, to());
    expect(span).toBeUndefined();
    expect(traceHeaders(call, span)).toEqual({ traceparent: CALLERS, isNewTrace: false });
  });

  it("is a new one without the state that came with none", () => {
    const trace = createTracing().incoming({ traceparent: "rubbish", tracestate: "shop=abc" }, () => "GET");
    expect(traceHeaders(callWith(trace), undefined)).toEqual({ traceparent: trace.traceparent, isNewTrace: true });
  });

  it("is the span of each try, which says whom it asked, without the query, and what became of it", () => {
    const recorder = keepingRecorder();
    const trace = createTracing(recorder).incoming({}, () => "GET");
    const first = startUpstreamSpan(callWith(trace), to());
    expect(traceHeaders(callWith(trace), first).traceparent).toContain(first?.span.spanContext().spanId);
    endUpstreamSpan(first, { kind: "failed", reason: "refused", sent: false, error: new Error("connection refused") });
    endUpstreamSpan(startUpstreamSpan(callWith(trace), to(2)), { kind: "answered", status: 200 });
    const [failed, answered] = recorder.kept.getFinishedSpans();
    expect(failed?.attributes).toMatchObject({
      "error.type": "refused",
      "server.address": "10.0.0.7",
      "url.full": "http://10.0.0.7:8001/api/v1/trading/prices",
      "astratrade.upstream.instance": "trading-1",
      "astratrade.upstream.colour": "green",
    });
    expect(answered?.attributes).toMatchObject({ "http.request.resend_count": 1, "http.response.status_code": 200 });
    expect(failed?.name).toBe("GET trading");
  });
});
