import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startAgent, type RunningAgent } from "../../../../infra/agent/agent.ts";
import { DockerEngine } from "../../../../infra/agent/engine/docker-engine.ts";
import { RESTART_RULE } from "../../../../infra/agent/repair/restart-history.ts";
import { docker, dockerOrFail } from "../../../../infra/host/docker.ts";
import { removeContainer, startContainer } from "../../../support/docker.ts";
import { memoryLog } from "../../../support/fake-engine.ts";
import { waitFor } from "../../../support/wait-for.ts";

const ENVIRONMENT = `agent-test-${process.pid}`;
const MIB = 1024 * 1024;

/** A container that sleeps, and is unhealthy while `/tmp/sick` is there: until it is restarted, since that is a tmpfs. */
async function startPatient(workload: string, environment: string, args: readonly string[] = []): Promise<{ id: string; name: string }> {
  const name = `${environment}-${workload}`;
  const labels = [`--label=astratrade.environment=${environment}`, `--label=astratrade.workload=${workload}`, "--label=astratrade.colour=blue"];
  const health = ["--health-cmd=test ! -e /tmp/sick", "--health-interval=1s", "--health-retries=1", "--health-timeout=5s"];
  const sleep = ["--stop-timeout=1", ...args, inject("stores").images.redis, "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done"];
  const id = await startContainer([`--name=${name}`, ...labels, ...health, "--tmpfs=/tmp", ...sleep]);
  return { id, name };
}

/** Values by metric and labels, as the agent writes them. */
async function scrape(agent: RunningAgent): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${agent.port}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

describe("the agent before a real Docker engine", () => {
  const log = memoryLog();
  let agent: RunningAgent;
  let engine: DockerEngine;
  let patient: { id: string; name: string };
  let stranger: { id: string; name: string };
  let labels: string;

  beforeAll(async () => {
    [patient, stranger] = await Promise.all([
      startPatient("patient", ENVIRONMENT, ["--cpus=0.25", "--memory=48m", "--memory-swap=48m"]),
      startPatient("stranger", `${ENVIRONMENT}-other`),
    ]);
    labels = `name="${patient.name}",workload="patient",colour="blue",environment="${ENVIRONMENT}"`;
    engine = new DockerEngine("/var/run/docker.sock", ENVIRONMENT);
    agent = await startAgent({
      config: { service: "agent", instance: "none", environment: ENVIRONMENT, version: "test", logLevel: "info", port: 0, engineSocket: "" },
      engine,
      log: pino({}, log),
      rule: { ...RESTART_RULE, boundMs: 0 },
    });
    await waitFor("the agent's readiness", async () => ((await fetch(`http://127.0.0.1:${agent.port}/health/ready`)).ok ? true : undefined));
  });
  afterAll(async () => {
    await agent.stop();
    engine.close();
    await Promise.all([removeContainer(patient.id), removeContainer(stranger.id)]);
  });

  test("tells what Docker knows of a container, and nothing of another environment (R-MON-2)", async () => {
    const [inspected] = JSON.parse(await dockerOrFail(["inspect", patient.id])) as [
      { readonly HostConfig: { readonly Memory: number }; readonly State: { readonly StartedAt: string }; readonly RestartCount: number },
    ];
    const metrics = await scrape(agent);
    const value = (name: string): number => metrics.get(`${name}{${labels}}`) ?? Number.NaN;
    expect(value("container_spec_memory_limit_bytes")).toBe(inspected.HostConfig.Memory);
    expect(value("container_start_time_seconds")).toBe(Date.parse(inspected.State.StartedAt) / 1000);
    expect(value("container_restarts_total")).toBe(inspected.RestartCount);
    expect(value("container_running")).toBe(1);
    expect(value("container_spec_cpu_quota")).toBe(25_000);
    expect(value("container_memory_working_set_bytes")).toBeGreaterThan(MIB / 10);
    expect(value("container_memory_working_set_bytes")).toBeLessThanOrEqual(value("container_memory_usage_bytes"));
    expect(value("container_memory_usage_bytes")).toBeLessThanOrEqual(48 * MIB);
    expect(value("container_cpu_usage_seconds_total")).toBeGreaterThan(0);
    expect(value("container_cpu_cfs_periods_total")).toBeGreaterThan(0);
    expect(metrics.get(`container_network_receive_bytes_total{${labels},interface="eth0"}`)).toBeGreaterThanOrEqual(0);
    expect(metrics.get("agent_engine_up")).toBe(1);
    expect([...metrics.keys()].filter((key) => key.includes("stranger"))).toEqual([]);
  });

  test("restarts a container that becomes unhealthy, and counts it", async () => {
    const health = async (status: string): Promise<true | undefined> =>
      (await scrape(agent)).get(`container_health_status{${labels},status="${status}"}`) === 1 ? true : undefined;
    await waitFor("the patient's health", async () => await health("healthy"));
    const startOf = async ({ id }: { id: string }): Promise<string> => await dockerOrFail(["inspect", "--format={{.State.StartedAt}}", id]);
    const [started, strangerStarted] = [await startOf(patient), await startOf(stranger)];
    await dockerOrFail(["exec", stranger.id, "touch", "/tmp/sick"]);
    await dockerOrFail(["exec", patient.id, "touch", "/tmp/sick"]);
    await waitFor("the restart", async () =>
      (await scrape(agent)).get('agent_restarts_total{workload="patient",colour="blue"}') === 1 ? true : undefined,
    );
    await waitFor("the patient's health after the restart", async () => await health("healthy"));
    expect(await startOf(patient)).not.toBe(started);
    expect(log.lines.filter((line) => line.startsWith(`restarted ${patient.name}: it was unhealthy for`))).toHaveLength(1);
    await waitFor("the stranger's illness", async () =>
      (await dockerOrFail(["inspect", "--format={{.State.Health.Status}}", stranger.id])).startsWith("unhealthy") ? true : undefined,
    );
    expect(await startOf(stranger)).toBe(strangerStarted);
  });

  test("counts what the kernel kills for lack of memory (R-MON-2)", async () => {
    const counted = async (): Promise<number> => (await scrape(agent)).get(`container_oom_events_total{${labels}}`) ?? Number.NaN;
    expect(await counted()).toBe(0);
    const { code } = await docker(["exec", patient.id, "sh", "-c", "head -c 200000000 /dev/zero | tail > /dev/null"]);
    expect(code).not.toBe(0);
    await waitFor("the count", async () => ((await counted()) >= 1 ? true : undefined));
    expect(log.lines).toContain(`${patient.name} was killed: it used more memory than its limit`);
  });

  test("tells that a container stands still once it has ended", async () => {
    await dockerOrFail(["stop", "--time=5", patient.id]);
    await waitFor("the end", async () => ((await scrape(agent)).get(`container_running{${labels}}`) === 0 ? true : undefined));
    expect((await scrape(agent)).has(`container_memory_working_set_bytes{${labels}}`)).toBe(false);
  });

  test("answers what it has no route for with a problem", async () => {
    const base = `http://127.0.0.1:${agent.port}`;
    expect((await fetch(`${base}/nothing`)).status).toBe(404);
    const post = await fetch(`${base}/metrics`, { method: "POST" });
    expect(post.status).toBe(405);
    expect(post.headers.get("content-type")).toBe("application/problem+json");
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
  });
});
