import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BoundedSpans } from "../../../../../services/base/tracing/bounded-spans.ts";

interface Pending {
  readonly spans: readonly ReadableSpan[];
  done(result: ExportResult): void;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A receiver that answers when the test says so. */
function fixture(): { spans: BoundedSpans; pending: Pending[]; exported: () => number; dropped: Record<string, number>; end: (count: number) => void; results: (string | undefined)[] } {
  const pending: Pending[] = [];
  const dropped: Record<string, number> = {};
  const results: (string | undefined)[] = [];
  let exported = 0;
  const spans = new BoundedSpans({
    exporter: { export: (batch, done) => void pending.push({ spans: batch, done }), shutdown: () => Promise.resolve() },
    counts: {
      exported: (count) => (exported += count),
      dropped: (reason, count) => (dropped[reason] = (dropped[reason] ?? 0) + count),
    },
    onResult: (error) => results.push(error?.message),
    maxQueued: 10,
    batch: 5,
    delayMs: 1_000,
    exportMs: 4_000,
  });
  const tracer = new BasicTracerProvider({ spanProcessors: [spans] }).getTracer("test");
  const end = (count: number): void => {
    for (let n = 0; n < count; n += 1) tracer.startSpan("one").end();
  };
  return { spans, pending, exported: () => exported, dropped, end, results };
}

describe("R-GW-6 spans on their way out", () => {
  it("go together, after a while or when they are many", async () => {
    const { pending, end, exported } = fixture();
    end(2);
    expect(pending).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(pending[0]?.spans).toHaveLength(2);
    pending[0]?.done({ code: ExportResultCode.SUCCESS });
    expect(exported()).toBe(2);
  });

  it("are dropped and counted when more wait than there is room for, whatever the receiver does", () => {
    const { pending, end, dropped } = fixture();
    end(100);
    expect(pending.map((each) => each.spans.length)).toEqual([5]);
    expect(dropped).toEqual({ queue_full: 85 });
  });

  it("are counted once as lost when the receiver says no, or nothing within its time", async () => {
    const { pending, end, dropped, results } = fixture();
    end(5);
    pending[0]?.done({ code: ExportResultCode.FAILED, error: new Error("503") });
    end(5);
    await vi.advanceTimersByTimeAsync(4_000);
    pending[1]?.done({ code: ExportResultCode.SUCCESS });
    expect(dropped).toEqual({ export_failed: 10 });
    expect(results).toEqual(["503", "no answer within 4000 ms"]);
  });

  it("are counted as lost when nobody waits for them any more", () => {
    const { spans, pending, end, dropped, exported } = fixture();
    end(7);
    spans.abandon();
    pending[0]?.done({ code: ExportResultCode.SUCCESS });
    expect([dropped, exported()]).toEqual([{ stopped: 7 }, 0]);
  });
});
