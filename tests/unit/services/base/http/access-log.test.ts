import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { AccessLog } from "../../../../../services/base/http/access-log.ts";

function setUp(level = "info") {
  const lines: string[] = [];
  const options = { level, base: { service: "gateway", instance: "gw-1" }, timestamp: () => ',"time":"2026-11-22T05:00:00.123Z"', formatters: { level: (label: string) => ({ level: label }) } };
  const log = pino(options, { write: (line: string) => void lines.push(line) });
  return { lines, log, access: new AccessLog(log) };
}

const record = { correlationId: "0123-abc", work: undefined, method: "GET", url: "/api/v1/x?secret=1", route: "/api/v1/x", status: 200, elapsedMs: 1.26 };
const AT_MS = Date.UTC(2026, 10, 22, 5, 0, 0, 123);

describe("the access log (R-MON-3)", () => {
  it("writes the very line that the logger would write, without the query", () => {
    const { lines, log, access } = setUp();
    access.write("info", record, AT_MS);
    access.flush();
    log.info({ correlationId: "0123-abc", method: "GET", path: "/api/v1/x", route: "/api/v1/x", status: 200, durationMs: 1.3 }, "request");
    expect(lines[0]).toBe(lines[1]);
  });

  it("names the trace, where there is one", () => {
    const { lines, access } = setUp();
    access.write("warn", { ...record, work: { correlationId: "0123-abc", trace: { traceId: "f00d", traceparent: "00-f00d" } } }, AT_MS);
    access.flush();
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", traceId: "f00d" });
  });

  it.each(['/a"b', "/a\\b", "/ä", "/a\u0001", '/","level":"fatal'])("stays one JSON line for the path %j", (url) => {
    const { lines, access } = setUp();
    access.write("info", { ...record, url }, AT_MS);
    access.flush();
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ path: url, level: "info" });
    expect(lines[0]?.trim().split("\n")).toHaveLength(1);
  });

  it("writes what is held when it is much, without waiting", () => {
    const { lines, access } = setUp();
    for (let count = 0; count < 800; count += 1) access.write("info", record, AT_MS);
    expect(lines.length).toBeGreaterThan(0);
    access.flush();
    expect(lines.join("").trim().split("\n")).toHaveLength(800);
  });

  it("is silent below the logger's level", () => {
    const { lines, access } = setUp("warn");
    access.write("info", record, AT_MS);
    access.flush();
    expect(lines).toEqual([]);
  });
});
