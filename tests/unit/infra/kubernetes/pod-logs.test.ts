import { expect, test } from "vitest";
import { forwardedPort } from "../../../../infra/kubernetes/forward.ts";
import { inUtc } from "../../../../infra/kubernetes/pod-logs.ts";
import { lineParser } from "../../../../infra/logs/parse.ts";

test.each([
  ["2026-01-31T12:00:00.123456789Z hello", "2026-01-31T12:00:00.123456789Z hello"],
  ["2026-01-31T14:00:00.5+02:00 hello", "2026-01-31T12:00:00.5Z hello"],
  ["2026-01-31T00:30:00.123456789+01:00 of yesterday", "2026-01-30T23:30:00.123456789Z of yesterday"],
  ["2026-01-31T12:00:00Z no fraction", "2026-01-31T12:00:00.0Z no fraction"],
  ["2026-01-31T12:00:00.1Z", "2026-01-31T12:00:00.1Z "],
  ["Error from server: not found", "Error from server: not found"],
])("a node's time is told in UTC: %s", (line, expected) => {
  expect(inUtc(line)).toBe(expected);
});

test("lines of a pod are understood as those of a container, with correlation id and level (R-MON-3)", () => {
  const parse = lineParser({ container: "trading-blue-5d9c7-x2k4p", workload: "trading", colour: "blue" });
  expect(parse(inUtc('2026-01-31T13:00:00.25+01:00 {"level":"warn","time":"2026-01-31T12:00:00.249Z","msg":"slow","correlationId":"abc"}'))).toMatchObject({
    stamp: "2026-01-31T12:00:00.25Z",
    level: "warn",
    message: "slow",
    correlationId: "abc",
  });
});

test("the port that was opened is read from what port-forward prints", () => {
  expect(forwardedPort("Forwarding from 127.0.0.1:40123 -> 8000\n")).toBe(40123);
  expect(forwardedPort("Forwarding from [::1]:40123 -> 8000\n")).toBeUndefined();
  expect(forwardedPort("error: timed out")).toBeUndefined();
});
