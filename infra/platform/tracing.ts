import { PORTS } from "./ports.ts";
import type { Settings } from "./settings.ts";
import type { Connection } from "./workload.ts";

const usesJaeger = (settings: Settings): boolean => settings.tracing.otlpEndpoint === undefined && settings.jaeger !== "off";

/**
 * How a process learns where traces go. Jaeger is named whether it is there or not, so that a colour stays as it is when
 * Jaeger comes or goes: a process finds out by itself, and records nothing while there is nobody.
 */
export function tracingEnvironment(settings: Settings): Record<string, string> {
  const endpoint = settings.tracing.otlpEndpoint ?? (usesJaeger(settings) ? `http://jaeger:${PORTS.otlp}` : undefined);
  return endpoint === undefined ? {} : { ASTRA_OTLP_ENDPOINT: endpoint, ASTRA_TRACE_SAMPLE_RATIO: String(settings.tracing.sampleRatio) };
}

/** What a process calls to export its traces inside the platform. */
export function tracingConnections(settings: Settings): readonly Connection[] {
  return usesJaeger(settings) ? [{ to: "jaeger", port: PORTS.otlp }] : [];
}

/** Whether processes send their traces to an address outside the platform. */
export function tracesGoOutside(settings: Settings): boolean {
  return settings.tracing.otlpEndpoint !== undefined;
}
