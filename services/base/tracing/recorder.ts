import { setTimeout as sleep } from "node:timers/promises";
import type { Attributes } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, BasicTracerProvider, ParentBasedSampler, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import {
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  ATTR_SERVICE_VERSION,
} from "@opentelemetry/semantic-conventions";
import type { Logger } from "pino";
import { type Clock, systemClock } from "../clock.ts";
import type { ProcessConfig, TracingSettings } from "../config.ts";
import { BoundedSpans } from "./bounded-spans.ts";
import { ExporterGate } from "./exporter-gate.ts";
import type { TraceMetrics } from "./trace-metrics.ts";
import type { Recorder } from "./tracing.ts";

/** OTLP's own path below the endpoint. */
const TRACES_PATH = "/v1/traces";
const EXPORT_TIMEOUT_MS = 3_000;
/** Longest time that a stop waits for what is left to be sent. */
export const FLUSH_MS = 2_000;
const MAX_ATTRIBUTE_LENGTH = 4_096;

export interface RecorderOptions {
  readonly config: Pick<ProcessConfig, "service" | "instance" | "version" | "colour" | "environment">;
  readonly tracing: TracingSettings;
  readonly metrics: TraceMetrics;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Time that a span waits for others to go with, ms. @default 2000 */
  readonly delayMs?: number;
}

/** What every span says of the process that made it. */
function resourceAttributes({ service, instance, version, colour, environment }: RecorderOptions["config"]): Attributes {
  return {
    [ATTR_SERVICE_NAMESPACE]: "astratrade",
    [ATTR_SERVICE_NAME]: service,
    [ATTR_SERVICE_VERSION]: version,
    [ATTR_SERVICE_INSTANCE_ID]: instance,
    [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: environment,
    "astratrade.colour": colour,
  };
}

/** Records spans and exports them by OTLP over HTTP, in batches. The receiver may be away at any time, for any time. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { config, tracing, metrics, log } = options;
  const url = `${tracing.otlpEndpoint.replace(/\/+$/, "")}${TRACES_PATH}`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS, concurrencyLimit: 4 });
  const gate = new ExporterGate({
    probe: () => probe(exporter),
    clock: options.clock ?? systemClock,
    later: (ms, work) => {
      const timer = setTimeout(work, ms).unref();
      return () => clearTimeout(timer);
    },
    events: {
      opened: () => {
        metrics.up(true);
        log.info({ url, sampleRatio: tracing.sampleRatio }, "traces are exported");
      },
      closed: (reason, firstTry) => {
        log[firstTry ? "info" : "warn"]({ url, reason }, "traces are not exported: their receiver does not take them; nothing is recorded until it does");
      },
    },
  });
  const spans = new BoundedSpans({
    exporter,
    counts: metrics,
    onResult: (error) => {
      if (error === undefined) return gate.succeeded();
      metrics.up(false);
      gate.failed(error);
    },
    ...(options.delayMs === undefined ? {} : { delayMs: options.delayMs }),
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(resourceAttributes(config)),
    // What begins here is decided by `samples`, before any of this.
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
    spanProcessors: [spans],
  });
  void gate.start();
  return {
    tracer: provider.getTracer("astratrade"),
    recording: () => gate.open,
    samples: () => Math.random() < tracing.sampleRatio,
    stop: async () => {
      const wasOpen = gate.open;
      gate.stop();
      const flushed = spans.shutdown().catch(() => undefined);
      if (wasOpen) await Promise.race([flushed, sleep(FLUSH_MS, undefined, { ref: false })]);
      spans.abandon();
      metrics.up(false);
    },
  };
}

/** An empty request: every receiver takes it, and one that is none does not. */
function probe(exporter: SpanExporter): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export([], ({ code, error }) => {
      if (code === ExportResultCode.SUCCESS) resolve();
      else reject(error ?? new Error("the receiver refused an empty request"));
    });
  });
}
