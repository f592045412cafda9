import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunningService } from "../../../../services/base/service.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../../../support/otlp-receiver.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { sampleService } from "../base/base-fixture.ts";
import { PlatformFixture } from "./tracing-fixture.ts";

/** Far above the bound of the flush, since the machine may be busy; far below for ever. */
const STOPS_WITHIN_MS = 15_000;
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let platform: PlatformFixture;
let receiver: OtlpReceiver;

beforeAll(async () => {
  platform = await PlatformFixture.create();
});

beforeEach(async () => {
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  await platform.stopServices();
  await receiver.close();
});

afterAll(async () => {
  await platform.close();
});

function start(otlpEndpoint: string): Promise<RunningService> {
  return platform.start(sampleService(), { tracing: { otlpEndpoint, sampleRatio: 1 } });
}

/** Statuses of several requests at once. */
async function order(service: RunningService, requests: number): Promise<readonly number[]> {
  const answers = await Promise.all(
    Array.from({ length: requests }, () =>
      fetch(`http://127.0.0.1:${service.port}/api/v1/sample/orders`, {
        method: "POST",
        headers: { "content-type": "application/json", traceparent: TRACEPARENT },
        body: JSON.stringify({ user_id: 123, amount: 1 }),
      }),
    ),
  );
  return answers.map((answer) => answer.status);
}

async function stopTimeMs(service: RunningService): Promise<number> {
  const from = Date.now();
  await service.stop();
  return Date.now() - from;
}

const created = (count: number): number[] => Array.from({ length: count }, () => 201);

describe("R-GW-6 a receiver of traces", () => {
  it("that was never there costs nothing: requests are answered, nothing is recorded, and the stop does not wait", async () => {
    await receiver.close();
    const service = await start(receiver.endpoint);
    expect(await order(service, 20)).toEqual(created(20));
    for (const reason of ["queue_full", "export_failed", "stopped"]) expect(await platform.metric(service, `trace_spans_dropped_total{reason="${reason}"`)).toBe(0);
    expect(await platform.metric(service, "trace_exporter_up")).toBe(0);
    expect(await stopTimeMs(service)).toBeLessThan(STOPS_WITHIN_MS);
  });

  it.each(["hang", "trickle", "refuse"] as const)("that begins to %s is given up, its spans are counted, and it is found again", async (mood) => {
    const service = await start(receiver.endpoint);
    await platform.exports(service);
    receiver.mood = mood;
    expect(await order(service, 20)).toEqual(created(20));
    const lost = await waitFor("lost spans in the metrics", async () => (await platform.metric(service, 'trace_spans_dropped_total{reason="export_failed"')) || undefined);
    // On a busy machine some may come after the way was shut, and are not recorded.
    expect(lost).toBeGreaterThan(0);
    expect(await order(service, 20)).toEqual(created(20));
    receiver.mood = "fine";
    await platform.exports(service);
    expect(await platform.metric(service, 'trace_spans_dropped_total{reason="export_failed"')).toBeLessThan(41);
    expect(await order(service, 1)).toEqual(created(1));
    await waitFor("a span after the pause", () => Promise.resolve(receiver.spans.find((span) => span.name === "POST /api/v1/sample/orders")));
  });

  it("that hangs holds up no stop beyond its bound", async () => {
    const service = await start(receiver.endpoint);
    await platform.exports(service);
    receiver.mood = "hang";
    expect(await order(service, 5)).toEqual(created(5));
    expect(await stopTimeMs(service)).toBeLessThan(STOPS_WITHIN_MS);
  });

  it("gets what is left when a service stops", async () => {
    const service = await start(receiver.endpoint);
    await platform.exports(service);
    expect(await order(service, 5)).toEqual(created(5));
    await service.stop();
    expect(receiver.spans.filter((span) => span.name === "POST /api/v1/sample/orders")).toHaveLength(5);
  });
});
