import { describe, expect, test } from "vitest";
import { metricsText, type Snapshot } from "../../../../infra/agent/metrics/collect.ts";
import { Exposition } from "../../../../infra/agent/metrics/exposition.ts";
import { agent, CONTAINER_INFO } from "../../../../services/base/metrics-contract/external/agent.ts";
import { containerFacts, someUsage } from "../../../support/fake-engine.ts";

const user = containerFacts("astra-test-blue-user-1", { workload: "user", colour: "blue", health: "unhealthy", restarts: 4 });
const redis = containerFacts("astra-test-redis-1", { workload: "redis", state: "exited", cpuQuotaMicroseconds: 0 });

function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    nowSeconds: 1234.5,
    engineUp: true,
    engineErrors: 2,
    collectSeconds: 0.5,
    containers: [user, redis],
    usages: new Map([[user.id, someUsage]]),
    restarts: [{ workload: "user", colour: "blue", count: 3 }],
    restartsPaused: false,
    oomKills: (name) => (name === user.name ? 1 : 0),
    hasGivenUp: (id) => id === user.id,
    ...changes,
  };
}

const USER = 'name="astra-test-blue-user-1",workload="user",colour="blue",environment="test"';
const REDIS = 'name="astra-test-redis-1",workload="redis",environment="test"';

function samples(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("metricsText", () => {
  test("tells everything of a running container (R-MON-2)", () => {
    const of = samples(metricsText(snapshot())).filter((line) => line.includes(USER));
    expect(of).toEqual([
      `container_info{${USER},image="astratrade/astra-test-blue-user-1:v1",version="v1"} 1`,
      `container_last_seen{${USER}} 1234.5`,
      `container_start_time_seconds{${USER}} 1000`,
      `container_running{${USER}} 1`,
      `container_health_status{${USER},status="none"} 0`,
      `container_health_status{${USER},status="starting"} 0`,
      `container_health_status{${USER},status="healthy"} 0`,
      `container_health_status{${USER},status="unhealthy"} 1`,
      `container_restarts_total{${USER}} 4`,
      `container_oom_events_total{${USER}} 1`,
      `container_spec_memory_limit_bytes{${USER}} 536870912`,
      `container_spec_cpu_quota{${USER}} 50000`,
      `container_spec_cpu_period{${USER}} 100000`,
      `agent_gave_up{${USER}} 1`,
      `container_memory_usage_bytes{${USER}} 3000`,
      `container_memory_working_set_bytes{${USER}} 2000`,
      `container_cpu_usage_seconds_total{${USER}} 1.5`,
      `container_cpu_cfs_periods_total{${USER}} 10`,
      `container_cpu_cfs_throttled_periods_total{${USER}} 2`,
      `container_cpu_cfs_throttled_seconds_total{${USER}} 0.25`,
      `container_network_receive_bytes_total{${USER},interface="eth0"} 11`,
      `container_network_transmit_bytes_total{${USER},interface="eth0"} 22`,
    ]);
  });

  test("tells of a stopped container that it stands still, and no usage", () => {
    const before = new Map([[redis.id, someUsage]]);
    const lines = samples(metricsText(snapshot({ usages: before })));
    expect(lines).toContain(`container_running{${REDIS}} 0`);
    expect(lines).toContain(`container_oom_events_total{${REDIS}} 0`);
    expect(lines.some((line) => line.includes(REDIS) && /memory_working|cpu_quota|cpu_usage/.test(line))).toBe(false);
  });

  test("counts a paused container as running: its processes stand", () => {
    const paused = { ...redis, state: "paused" };
    expect(metricsText(snapshot({ containers: [paused] }))).toContain(`container_running{${REDIS}} 1`);
  });

  test("tells of the engine's absence, keeps its own counts, and tells nothing old of containers", () => {
    expect(samples(metricsText(snapshot({ engineUp: false })))).toEqual([
      "agent_engine_up 0",
      "agent_engine_errors_total 2",
      "agent_collect_duration_seconds 0.5",
      "agent_restarts_paused 0",
      'agent_restarts_total{workload="user",colour="blue"} 3',
    ]);
  });

  test("gives every sample the labels of the contract and no other", () => {
    for (const line of samples(metricsText(snapshot()))) {
      const [, name, labels = ""] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
      const metric = agent.metrics.find((candidate) => candidate.name === name);
      const given = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label);
      expect(metric?.labels, line).toEqual(expect.arrayContaining(given));
    }
  });

  test("writes every metric of the contract once, with help and type (R-MON-1)", () => {
    const text = metricsText(snapshot());
    for (const metric of agent.metrics) {
      expect(text.split(`# HELP ${metric.name} `), metric.name).toHaveLength(2);
      expect(text.split(`# TYPE ${metric.name} ${metric.type}\n`), metric.name).toHaveLength(2);
    }
  });
});

describe("Exposition", () => {
  test("escapes label values and leaves out what is no number", () => {
    const out = new Exposition();
    out.add(CONTAINER_INFO, { image: 'a"b\\c\nd' }, 1);
    out.add(CONTAINER_INFO, { image: "nan" }, Number.NaN);
    expect(out.text()).toBe(
      "# HELP container_info Always 1; says what a container was made from.\n# TYPE container_info gauge\n" +
        'container_info{image="a\\"b\\\\c\\nd"} 1\n',
    );
  });
});
