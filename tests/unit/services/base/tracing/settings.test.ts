import { describe, expect, it } from "vitest";
import { ConfigError, readServiceConfig } from "../../../../../services/base/config.ts";
import { gateway } from "../../../../../services/gateway/declaration.ts";

const HERE = { ASTRA_SECRETS_DIR: "/nowhere" };
const ENDPOINT = { ASTRA_OTLP_ENDPOINT: "http://jaeger:4318" };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readServiceConfig(gateway, { ...HERE, ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("R-GW-6 a process' tracing", () => {
  it("is off without an endpoint, and records everything in dev with one", () => {
    expect(readServiceConfig(gateway, HERE).tracing).toBeUndefined();
    expect(readServiceConfig(gateway, { ...HERE, ...ENDPOINT }).tracing).toEqual({ otlpEndpoint: "http://jaeger:4318", sampleRatio: 1 });
  });

  it.each([
    ["0", 0],
    ["0.01", 0],
    ["1", 0],
    ["1.01", 1],
    ["-0.1", 1],
    ["many", 1],
  ])("with a ratio of %s has %d problems", (ratio, problems) => {
    expect(problemsOf({ ...ENDPOINT, ASTRA_TRACE_SAMPLE_RATIO: ratio })).toHaveLength(problems);
  });

  it("says what an endpoint has to look like", () => {
    expect(problemsOf({ ASTRA_OTLP_ENDPOINT: "jaeger:4318" })).toEqual(['ASTRA_OTLP_ENDPOINT: takes an http or https address such as "http://jaeger:4318" (got "jaeger:4318")']);
  });
});
