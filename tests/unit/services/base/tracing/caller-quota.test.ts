import { describe, expect, it } from "vitest";
import { CallerQuota } from "../../../../../services/base/tracing/caller-quota.ts";
import { createTracing } from "../../../../../services/base/tracing/tracing.ts";
import { keepingRecorder } from "./recorded.ts";

const SAMPLED = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

/** How many of these many are granted. */
const granted = (quota: CallerQuota, asked: number): number => Array.from({ length: asked }, () => quota.take()).filter(Boolean).length;

describe("R-GW-6 callers from outside who want their traces recorded", () => {
  it("get so many a second and no more, whatever they say", () => {
    let now = 0;
    const quota = new CallerQuota({ now: () => now }, 20);
    expect(granted(quota, 1_000)).toBe(20);
    now = 500;
    expect(granted(quota, 1_000)).toBe(10);
    now = 60_000;
    expect(granted(quota, 1_000)).toBe(20);
  });

  it("keep their trace above that, but neither we nor anybody further down records it", () => {
    const tracing = createTracing(keepingRecorder(), { take: () => false });
    const trace = tracing.incoming(SAMPLED, () => "GET /x");
    expect(trace.recording).toBeUndefined();
    expect(trace.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-00$/);
  });
});
