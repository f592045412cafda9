import { describe, expect, test } from "vitest";
import { rollbackCalls } from "../../../../infra/agent/rollback/alert-message.ts";

const labels = { alertname: "ColourErrorsWorse", action: "rollback", colour: "green", workload: "nft" };
const startsAt = "2026-01-01T00:00:00Z";
const message = (...alerts: readonly unknown[]): string => JSON.stringify({ version: "4", status: "firing", alerts });

describe("an Alertmanager's message (R-MON-2)", () => {
  test("calls for a rollback of the colour that an alert names", () => {
    expect(rollbackCalls(message({ status: "firing", startsAt, labels, annotations: { summary: "A colour fails more." } }))).toEqual([
      { alert: "ColourErrorsWorse", colour: "green", workload: "nft", summary: "A colour fails more.", sinceMs: Date.parse(startsAt) },
    ]);
  });

  test.each([
    ["that is over", { status: "resolved", startsAt, labels }],
    ["that asks for nothing", { status: "firing", startsAt, labels: { ...labels, action: "" } }],
    ["without a colour", { status: "firing", startsAt, labels: { ...labels, colour: "red" } }],
    ["without a beginning", { status: "firing", labels }],
    ["without labels", { status: "firing", startsAt }],
  ])("calls for nothing by an alert %s", (_, alert) => {
    expect(rollbackCalls(message(alert))).toEqual([]);
  });

  test("that is none calls for nothing, or is refused", () => {
    expect(rollbackCalls("null")).toEqual([]);
    expect(rollbackCalls('{"alerts":"many"}')).toEqual([]);
    expect(() => rollbackCalls("{")).toThrow(SyntaxError);
  });
});
