import * as agent from "../../services/base/metrics-contract/external/agent.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, RECENT_ERRORS, STATUS, TRAFFIC_BACK } from "./commands.ts";

const name = "astra-dev-blue-nft-1";
const labels = { name } as const;
const of = (metric: { readonly name: string }, more = ""): string => `${metric.name}{name="${name}",workload="nft",colour="blue"${more}}`;
const LOGS = "docker logs --tail 50 NAME";
const INSPECT = "docker inspect NAME --format '{{json .State}}'";

/** Containers as seen from outside, by the agent. Jobs that end by themselves are no containers that should run. */
export const containers: RuleGroup = {
  name: "containers",
  component: "container",
  owner: "platform",
  dashboard: DASHBOARDS.services,
  records: [],
  alerts: [
    {
      name: "ContainerMemoryNearLimit",
      severity: "warning",
      expr: `max by (name) (${agent.CONTAINER_MEMORY.name} / (${agent.CONTAINER_MEMORY_LIMIT.name} > 0)) > 0.9`,
      forSeconds: 300,
      summary: "A container is about to run out of memory.",
      description: "{{ $labels.name }} uses {{ $value | humanizePercentage }} of its memory limit (threshold 90 %).",
      runbook: {
        meaning: "What the container holds, files that can be dropped not counted, comes near its limit.",
        impact: "None yet. At the limit the kernel ends it.",
        commands: ["docker stats --no-stream", query("container_memory_working_set_bytes / container_spec_memory_limit_bytes"), STATUS],
        goBack: `Raise \`astratrade:resources.<workload>.memoryMb\` and deploy. ${TRAFFIC_BACK}`,
      },
      test: {
        labels,
        value: "91%",
        series: [
          { series: of(agent.CONTAINER_MEMORY), bad: 91, good: 89 },
          { series: of(agent.CONTAINER_MEMORY_LIMIT), bad: 100, good: 100 },
        ],
      },
    },
    {
      name: "ContainerOOMKilled",
      severity: "critical",
      expr: `max by (name) (increase(${agent.CONTAINER_OOM.name}[10m])) > 0`,
      forSeconds: 0,
      keepFiringSeconds: 600,
      summary: "A container ran out of memory.",
      description: "The kernel ended a process of {{ $labels.name }} for lack of memory within 10 minutes (threshold 0).",
      runbook: {
        meaning: "The container wanted more memory than its limit.",
        impact: "What it was doing is lost; it is started again.",
        commands: [INSPECT.replace("NAME", "CONTAINER"), "docker stats --no-stream", RECENT_ERRORS],
        goBack: `Raise \`astratrade:resources.<workload>.memoryMb\` and deploy. ${TRAFFIC_BACK}`,
      },
      test: { labels, trueAfterSeconds: 30, series: [{ series: of(agent.CONTAINER_OOM), bad: "0 0 1x90", good: "0x90" }] },
    },
    {
      name: "ContainerCpuThrottled",
      severity: "info",
      expr: `max by (name) (rate(${agent.CONTAINER_CPU_THROTTLED.name}[5m]) / rate(${agent.CONTAINER_CPU_PERIODS.name}[5m])) > 0.25`,
      forSeconds: 900,
      summary: "A container is held back at its processor limit.",
      description: "{{ $labels.name }} is held back in {{ $value | humanizePercentage }} of its periods (threshold 25 %). It explains latency.",
      runbook: {
        meaning: "The container wants more processor time than its limit gives it.",
        impact: "It answers later than it could.",
        commands: ["docker stats --no-stream", query("rate(container_cpu_usage_seconds_total[5m])"), STATUS],
        goBack: "Raise `astratrade:resources.<workload>.cpus` and deploy, or run more instances.",
      },
      test: {
        labels,
        value: "26%",
        trueAfterSeconds: 15,
        series: [
          { series: of(agent.CONTAINER_CPU_THROTTLED), bad: { perStep: 26 }, good: { perStep: 24 } },
          { series: of(agent.CONTAINER_CPU_PERIODS), bad: { perStep: 100 }, good: { perStep: 100 } },
        ],
      },
    },
    {
      name: "ContainerRestarting",
      severity: "warning",
      expr: `max by (name) (increase(${agent.CONTAINER_RESTARTS.name}[15m])) > 2`,
      forSeconds: 0,
      keepFiringSeconds: 900,
      summary: "A container is started again and again.",
      description: "{{ $labels.name }} was started again {{ $value | humanize }} times in 15 minutes (threshold 2).",
      runbook: {
        meaning: "Its process ends by itself, or its health check fails.",
        impact: "Requests in flight are lost each time.",
        commands: [LOGS.replace("NAME", "CONTAINER"), INSPECT.replace("NAME", "CONTAINER"), STATUS],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels,
        value: "4",
        trueAfterSeconds: 30,
        series: [{ series: of(agent.CONTAINER_RESTARTS), bad: "0 0 4 4 4 4x90", good: "0 0 1 1 1x90" }],
      },
    },
    {
      name: "ContainerUnhealthy",
      severity: "warning",
      expr: `max by (name) (${agent.CONTAINER_HEALTH.name}{status="unhealthy"}) == 1`,
      forSeconds: 120,
      summary: "A container is unhealthy.",
      description: "The health check of {{ $labels.name }} fails.",
      runbook: {
        meaning: "The process lives and does not answer its own health check. The agent starts such a container again.",
        impact: "Its share of the requests may fail until the others take over.",
        commands: [LOGS.replace("NAME", "CONTAINER"), INSPECT.replace("NAME", "CONTAINER"), STATUS],
        goBack: TRAFFIC_BACK,
      },
      test: { labels, series: [{ series: of(agent.CONTAINER_HEALTH, ',status="unhealthy"'), bad: 1, good: 0 }] },
    },
    {
      name: "ContainerNotRunning",
      severity: "critical",
      expr: `max by (name) (${agent.CONTAINER_RUNNING.name}{workload!~"configure|migrate"}) == 0`,
      forSeconds: 120,
      summary: "A container stands still.",
      description: "{{ $labels.name }} exists and does not run.",
      runbook: {
        meaning: "It ended and was not started again, or somebody stopped it.",
        impact: "Depends on what it is; its own alert says so.",
        commands: [STATUS, LOGS.replace("NAME", "CONTAINER"), "./astra up"],
        goBack: TRAFFIC_BACK,
      },
      test: { labels, series: [{ series: of(agent.CONTAINER_RUNNING), bad: 0, good: 1 }] },
    },
    {
      name: "ContainersUnseen",
      severity: "warning",
      expr: `time() - max(max_over_time(${agent.CONTAINER_LAST_SEEN.name}[6h])) > 120`,
      forSeconds: 120,
      summary: "Nobody watches the containers.",
      description: "The agent has seen no container for {{ $value | humanizeDuration }} (threshold 2 min), or is gone.",
      runbook: {
        meaning: "The agent was there within 6 hours and is down, or the engine does not answer it. Where there never was one, as on a cluster, this does not fire.",
        impact: "Unhealthy containers are not started again, and alerts about containers are blind.",
        commands: [STATUS, logsOf("agent"), "docker version"],
        goBack: "`./astra up` makes the agent anew.",
      },
      test: {
        value: "2m 10s",
        series: [{ series: of(agent.CONTAINER_LAST_SEEN), bad: { perStep: 15, from: -130 }, good: { perStep: 15, from: -110 } }],
      },
    },
  ],
};
