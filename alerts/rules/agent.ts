import * as agent from "../../services/base/metrics-contract/external/agent.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, STATUS, TRAFFIC_BACK } from "./commands.ts";

const AGENT_LOGS = logsOf("agent", "1h");
const container = { name: "astra-dev-blue-nft-1" } as const;
const restarted = { workload: "nft", colour: "blue" } as const;
/** Restarts by the agent within an hour that are no accident any more; at five it gives up. */
const MANY_RESTARTS = 2;

/** The agent, which restarts what stays unhealthy: what it cannot do, and what it does too often. */
export const agentGroup: RuleGroup = {
  name: "agent",
  component: "agent",
  owner: "platform",
  dashboard: DASHBOARDS.services,
  records: [],
  alerts: [
    {
      name: "AgentEngineUnreachable",
      severity: "warning",
      expr: `max(${agent.AGENT_ENGINE_UP.name}) == 0`,
      forSeconds: 120,
      summary: "The agent cannot ask the container engine.",
      description: "The container engine has not answered the agent for 2 minutes (threshold 2 min).",
      runbook: {
        meaning: "The engine is stopped or hangs, or its socket cannot be used by the agent.",
        impact: "Containers run on. Unhealthy ones are not started again, and alerts about containers are blind.",
        commands: ["docker version", AGENT_LOGS, "./astra doctor"],
        goBack: "Start the engine again; the agent goes on by itself.",
      },
      test: { series: [{ series: agent.AGENT_ENGINE_UP.name, bad: 0, good: 1 }] },
    },
    {
      name: "AgentGaveUp",
      severity: "critical",
      expr: `max by (name) (${agent.AGENT_GAVE_UP.name}) == 1`,
      forSeconds: 0,
      keepFiringSeconds: 600,
      summary: "A container is left unhealthy.",
      description: "{{ $labels.name }} was restarted five times within an hour and is still unhealthy (threshold 5).",
      runbook: {
        meaning: "Starting it again does not help: its cause lies elsewhere.",
        impact: "Its share of the requests fails until the others take over.",
        commands: [STATUS, "docker logs --tail 50 CONTAINER", AGENT_LOGS],
        goBack: TRAFFIC_BACK,
      },
      test: { labels: container, series: [{ series: `${agent.AGENT_GAVE_UP.name}{name="${container.name}",workload="nft",colour="blue"}`, bad: 1, good: 0 }] },
    },
    {
      name: "AgentRestartsOften",
      severity: "warning",
      expr: `sum by (workload, colour) (increase(${agent.AGENT_RESTARTS.name}[1h])) > ${MANY_RESTARTS}`,
      forSeconds: 60,
      summary: "A container falls ill again and again.",
      description: `The agent restarted {{ $labels.workload }} {{ $value | humanize }} times within an hour (threshold ${MANY_RESTARTS}).`,
      runbook: {
        meaning: "The process hangs, is restarted, and hangs again.",
        impact: "Requests that it was handling fail each time.",
        commands: [AGENT_LOGS, logsOf("WORKLOAD", "1h"), query(`increase(${agent.AGENT_RESTARTS.name}[1h])`)],
        goBack: TRAFFIC_BACK,
      },
      test: {
        labels: restarted,
        value: "4",
        trueAfterSeconds: 1800,
        stepSeconds: 60,
        series: [
          {
            series: `${agent.AGENT_RESTARTS.name}{workload="nft",colour="blue"}`,
            bad: "0x29 4x90",
            good: "0x29 1x90",
          },
        ],
      },
    },
    {
      name: "AgentRestartsPaused",
      severity: "warning",
      expr: `max(${agent.AGENT_RESTARTS_PAUSED.name}) == 1`,
      forSeconds: 300,
      summary: "The machine is too slow for health checks.",
      description: "For 5 minutes so many containers have been unhealthy at once that the agent restarts none of them (threshold: more than half of them, 5 min).",
      runbook: {
        meaning: "The machine has no time for its containers; each would only take more of it by starting again.",
        impact: "Everything is slow. After 10 minutes the agent restarts two at a time all the same.",
        commands: ["uptime", "docker stats --no-stream", AGENT_LOGS],
        goBack: "Stop what else runs on the machine, or take the idle colour down: `./astra down green`.",
      },
      test: { series: [{ series: agent.AGENT_RESTARTS_PAUSED.name, bad: 1, good: 0 }] },
    },
  ],
};
