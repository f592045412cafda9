import { describe, expect, it } from "vitest";
import { withCorrelationId, withWork } from "../../../../services/base/correlation.ts";
import { workFields } from "../../../../services/base/log.ts";

const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00" };

describe("R-GW-6 a log line", () => {
  it("names the request or event that is being handled, and its trace whether that is recorded or not", () => {
    expect(withWork({ correlationId: "corr-0001", trace }, () => workFields({}))).toEqual({ correlationId: "corr-0001", traceId: trace.traceId });
    expect(withCorrelationId("corr-0001", () => workFields({}))).toEqual({ correlationId: "corr-0001" });
    expect(workFields({})).toEqual({});
  });

  it("that names another one keeps it, and does not get this one's trace", () => {
    expect(withWork({ correlationId: "corr-0001", trace }, () => workFields({ correlationId: "corr-0002" }))).toEqual({});
  });
});
