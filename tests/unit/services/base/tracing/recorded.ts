import { AlwaysOnSampler, BasicTracerProvider, InMemorySpanExporter, type Sampler, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Recorder } from "../../../../../services/base/tracing/tracing.ts";

/** A recorder that keeps what it records. */
export function keepingRecorder(options: { readonly sampler?: Sampler; readonly recording?: () => boolean } = {}): Recorder & { readonly kept: InMemorySpanExporter } {
  const kept = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ sampler: options.sampler ?? new AlwaysOnSampler(), spanProcessors: [new SimpleSpanProcessor(kept)] });
  return { kept, tracer: provider.getTracer("test"), recording: options.recording ?? (() => true), stop: () => Promise.resolve() };
}
