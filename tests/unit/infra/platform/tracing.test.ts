import { describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../../infra/platform/container.ts";
import { flows } from "../../../../infra/platform/flows.ts";
import { colourWorkloads, foundationWorkloads } from "../../../../infra/platform/platform.ts";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import { testStack } from "../../../support/platform-models.ts";

const withJaeger = { startInterval: true, grafana: true, jaeger: true, dockerSocketGid: 998 };
const withoutJaeger = { ...withJaeger, jaeger: false };

function environmentOf(name: string, containers: readonly ContainerSpec[]): Readonly<Record<string, string>> {
  const found = containers.find((container) => container.workload === name);
  if (found === undefined) throw new Error(`no container of ${name}`);
  return found.environment;
}

const settingsOf = (overrides: Readonly<Record<string, string>>) => environmentConfig("dev", overrides).targets.blue.settings;

describe("R-GW-6 where traces go", () => {
  it("is the environment's Jaeger, named alike whether it is there or not, so that no colour changes when it comes", () => {
    const there = testStack("blue", {}, withJaeger).containers;
    expect(environmentOf("gateway", there)).toMatchObject({ ASTRA_OTLP_ENDPOINT: "http://jaeger:4318", ASTRA_TRACE_SAMPLE_RATIO: "1" });
    expect(testStack("blue", {}, withoutJaeger).containers).toEqual(there);
  });

  it("is nowhere where Jaeger is off", () => {
    expect(environmentOf("trading", testStack("blue", { jaeger: "off" }).containers)).not.toHaveProperty("ASTRA_OTLP_ENDPOINT");
  });

  it("is an address outside where config names one, which the processes may then call", () => {
    const overrides = { "tracing.otlpEndpoint": "http://collector.example.com:4318", "tracing.sampleRatio": "0.25" };
    expect(environmentOf("user", testStack("blue", overrides).containers)).toMatchObject({
      ASTRA_OTLP_ENDPOINT: "http://collector.example.com:4318",
      ASTRA_TRACE_SAMPLE_RATIO: "0.25",
    });
    const services = colourWorkloads(settingsOf(overrides)).filter((workload) => workload.kind === "service");
    expect(services.map((workload) => workload.callsOutside)).toEqual(services.map(() => true));
  });

  it("is reached by every service, Prometheus and Grafana, each at its port, and only where it is deployed", () => {
    const settings = settingsOf({});
    const callers = (facts: typeof withJaeger) =>
      flows([...foundationWorkloads(settings, facts), ...colourWorkloads(settings)]).filter((flow) => flow.to === "jaeger");
    const services = ["user", "trading", "gamification", "social", "financial", "nft", "gateway"].map((name) => [name, 4318]);
    expect(callers(withJaeger).map((flow) => [flow.from, flow.port])).toEqual(expect.arrayContaining([...services, ["prometheus", 8888], ["grafana", 16_686]]));
    expect(callers(withJaeger)).toHaveLength(services.length + 2);
    expect(callers(withoutJaeger)).toEqual([]);
  });
});

describe("Jaeger", () => {
  it("is bounded, checked and open to this machine only", () => {
    const jaeger = testStack("foundation").containers.find((container) => container.workload === "jaeger");
    expect(jaeger).toMatchObject({
      memoryBytes: 512 * 1024 * 1024,
      cpus: 0.5,
      health: { test: ["CMD", "http-health", "13133", "/status"] },
      ports: [{ container: 16_686, host: 16_686, hostIp: "127.0.0.1" }],
      environment: { GOMEMLIMIT: "409MiB" },
    });
    expect(testStack("foundation", {}, withoutJaeger).containers.map((container) => container.workload)).not.toContain("jaeger");
  });
});

describe("R-SVC-1 the price feed", () => {
  it("is told to trading alone, which may then call outside", () => {
    const overrides = { priceFeedUrl: "https://api.exchange.coinbase.com" };
    const { containers } = testStack("blue", overrides);
    expect(containers.filter((container) => "ASTRA_PRICE_FEED_URL" in container.environment).map((container) => container.workload)).toEqual(["trading"]);
    expect(colourWorkloads(settingsOf(overrides)).filter((workload) => workload.callsOutside === true).map((workload) => workload.name)).toEqual(["trading"]);
    expect(colourWorkloads(settingsOf({})).some((workload) => workload.callsOutside === true)).toBe(false);
  });
});
