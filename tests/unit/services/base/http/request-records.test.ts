import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestRecords } from "../../../../../services/base/http/request-records.ts";
import { Metrics } from "../../../../../services/base/metrics.ts";

function setUp() {
  const lines: string[] = [];
  const metrics = new Metrics({ service: "trading", colour: "blue" });
  const records = new RequestRecords(metrics, pino({ level: "info" }, { write: (text: string) => void lines.push(...text.trim().split("\n")) }));
  const keep = (route: string, status = 200): void =>
    records.keep({ correlationId: "0123-abc", work: undefined, method: "GET", url: route, route, status, elapsedMs: 3 });
  return { lines, metrics, records, keep };
}

describe("what is kept of requests (R-MON-1, R-MON-3)", () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 22) }));
  afterEach(() => void vi.useRealTimers());

  it("is measured at once, and logged together after 20 ms", async () => {
    const { lines, metrics, keep } = setUp();
    keep("/api/v1/trading/prices");
    keep("/api/v1/trading/orders", 503);
    expect(await metrics.registry.metrics()).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/api\/v1\/trading\/prices"[^}]*\} 1\n/);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { route: "/api/v1/trading/prices", status: 200, time: "2026-11-22T00:00:00.000Z" },
      { route: "/api/v1/trading/orders", status: 503 },
    ]);
    vi.advanceTimersByTime(100);
    expect(lines).toHaveLength(2);
  });

  it("is logged without waiting where it is much, and at the end of the process", () => {
    const { lines, records, keep } = setUp();
    for (let count = 0; count < 256; count += 1) keep("/a");
    expect(lines).toHaveLength(256);
    keep("/a");
    records.end();
    expect(lines).toHaveLength(257);
  });

  it("leaves out what machines ask every few seconds", () => {
    const { lines, records, keep } = setUp();
    keep("/health");
    records.flush();
    expect(lines).toEqual([]);
  });
});
