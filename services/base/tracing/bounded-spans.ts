import type { Context } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { BatchSpanProcessor, type ReadableSpan, type Span, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace-base";

/** Why a span was recorded for nothing. */
export type DropReason = "queue_full" | "export_failed" | "stopped";

export interface SpanCounts {
  exported(spans: number): void;
  dropped(reason: DropReason, spans: number): void;
}

export interface BoundedSpansOptions {
  readonly exporter: SpanExporter;
  readonly counts: SpanCounts;
  /** Told how each export ended. */
  readonly onResult: (error: Error | undefined) => void;
  /** Spans that may wait; further ones are dropped. @default 2048 */
  readonly maxQueued?: number;
  /** Spans in one request. @default 512 */
  readonly batch?: number;
  /** Longest time that a span waits for others to go with, ms. @default 2000 */
  readonly delayMs?: number;
  /** Time after which an export has failed, ms. @default 4000 */
  readonly exportMs?: number;
}

/** OpenTelemetry's batches, with every span that is lost counted: the SDK only writes it into a log. */
export class BoundedSpans implements SpanProcessor {
  readonly #options: BoundedSpansOptions;
  readonly #maxQueued: number;
  readonly #batches: BatchSpanProcessor;
  #queued = 0;
  #exporting = 0;
  #stopped = false;

  constructor(options: BoundedSpansOptions) {
    this.#options = options;
    this.#maxQueued = options.maxQueued ?? 2_048;
    this.#batches = new BatchSpanProcessor(
      {
        export: (spans, done) => this.#export(spans, done),
        shutdown: () => options.exporter.shutdown(),
        forceFlush: () => options.exporter.forceFlush?.() ?? Promise.resolve(),
      },
      {
        maxQueueSize: this.#maxQueued,
        maxExportBatchSize: options.batch ?? 512,
        scheduledDelayMillis: options.delayMs ?? 2_000,
        // Ours ends first, so that each failure is counted once.
        exportTimeoutMillis: (options.exportMs ?? 4_000) + 1_000,
      },
    );
  }

  onStart(span: Span, parent: Context): void {
    this.#batches.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#stopped) return this.#options.counts.dropped("stopped", 1);
    if (this.#queued >= this.#maxQueued) return this.#options.counts.dropped("queue_full", 1);
    this.#queued += 1;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  /** Sends what is left. What the caller does not wait for is counted by `abandon`. */
  shutdown(): Promise<void> {
    this.#stopped = true;
    return this.#batches.shutdown();
  }

  /** Gives up what has not been sent by now. */
  abandon(): void {
    const left = this.#queued + this.#exporting;
    if (left > 0) this.#options.counts.dropped("stopped", left);
    this.#queued = 0;
    this.#exporting = 0;
  }

  #export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#queued -= spans.length;
    this.#exporting += spans.length;
    let settled = false;
    const settle = (result: ExportResult): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      const failed = result.code === ExportResultCode.SUCCESS ? undefined : (result.error ?? new Error("the receiver refused them"));
      // Given up meanwhile, and counted then.
      if (this.#exporting > 0) {
        this.#exporting -= spans.length;
        if (failed === undefined) this.#options.counts.exported(spans.length);
        else this.#options.counts.dropped("export_failed", spans.length);
      }
      this.#options.onResult(failed);
      done(result);
    };
    // A receiver that says a byte now and then never times out by itself.
    const timeoutMs = this.#options.exportMs ?? 4_000;
    const timer = setTimeout(
      () => settle({ code: ExportResultCode.FAILED, error: new Error(`no answer within ${timeoutMs} ms`) }),
      timeoutMs,
    ).unref();
    this.#options.exporter.export(spans, settle);
  }
}
