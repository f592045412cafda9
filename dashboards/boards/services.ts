import { DASHBOARDS } from "../../alerts/model/alert.ts";
import * as agent from "../../services/base/metrics-contract/external/agent.ts";
import { UP } from "../../services/base/metrics-contract/external/monitoring.ts";
import { EVENT_LOOP_LAG_P99, PROCESS_CPU, PROCESS_MEMORY } from "../../services/base/metrics-contract/external/node.ts";
import * as own from "../../services/base/metrics-contract/process.ts";
import { type Board, graph } from "../model/board.ts";

const chosen = '{workload=~"$workload",colour=~"$colour"}';
const rate = (metric: string, matchers = chosen): string => `rate(${metric}${matchers}[$__rate_interval])`;
const failed = '{workload=~"$workload",colour=~"$colour",code=~"5.."}';

/** Which service is it? Requests, errors and times of each, and what its process runs out of. */
export const services: Board = {
  uid: DASHBOARDS.services,
  title: "AstraTrade: services",
  description: "Requests, errors and times of each service; processes, database connections and containers.",
  variables: [
    { name: "workload", label: "Service", metric: `${own.HTTP_DURATION.name}_count`, of: "workload" },
    { name: "colour", label: "Colour", metric: `${own.HTTP_DURATION.name}_count`, of: "colour" },
  ],
  rows: [
    {
      title: "Requests",
      panels: [
        graph({ title: "Requests", description: "Requests a second by service.", unit: "reqps" }, [
          { expr: `sum by (workload) (${rate(`${own.HTTP_DURATION.name}_count`)})`, legend: "{{workload}}" },
        ]),
        graph({ title: "Errors", description: "Share of answers with a 5xx, by service.", unit: "percentunit" }, [
          {
            expr: `sum by (workload) (${rate(`${own.HTTP_DURATION.name}_count`, failed)}) / sum by (workload) (${rate(`${own.HTTP_DURATION.name}_count`)})`,
            legend: "{{workload}}",
          },
        ]),
        graph({ title: "Slow end (p99)", description: "1 % of the answers take longer, by service.", unit: "s" }, [
          { expr: `histogram_quantile(0.99, sum by (le, workload) (${rate(`${own.HTTP_DURATION.name}_bucket`)}))`, legend: "{{workload}}" },
        ]),
        graph({ title: "Business operations that fail", description: "Operations a second that failed on our side.", unit: "ops" }, [
          {
            expr: `sum by (workload, operation) (${rate(own.OPERATIONS.name, '{workload=~"$workload",colour=~"$colour",outcome="failed"}')})`,
            legend: "{{workload}} {{operation}}",
          },
        ]),
      ],
    },
    {
      title: "Processes",
      panels: [
        graph({ title: "Instances", description: "Processes that answer Prometheus.", unit: "short" }, [
          { expr: `sum by (workload, colour) (${UP.name}{job="services",workload=~"$workload",colour=~"$colour"})`, legend: "{{workload}} {{colour}}" },
        ]),
        graph({ title: "Memory", description: "Resident memory of each process.", unit: "bytes" }, [
          { expr: `max by (workload, colour) (${PROCESS_MEMORY.name}{job="services",workload=~"$workload",colour=~"$colour"})`, legend: "{{workload}} {{colour}}" },
        ]),
        graph({ title: "Processor", description: "Cores in use by each process.", unit: "short" }, [
          { expr: `sum by (workload, colour) (${rate(PROCESS_CPU.name, '{job="services",workload=~"$workload",colour=~"$colour"}')})`, legend: "{{workload}} {{colour}}" },
        ]),
        graph({ title: "Event loop delay (p99)", description: "How late timers are; over 200 ms requests wait.", unit: "s" }, [
          { expr: `max by (workload, colour) (${EVENT_LOOP_LAG_P99.name}${chosen})`, legend: "{{workload}} {{colour}}" },
        ]),
      ],
    },
    {
      title: "Database connections",
      panels: [
        graph({ title: "Pool in use", description: "Share of its connections that a service uses.", unit: "percentunit" }, [
          {
            expr: `sum by (workload) (${own.DB_POOL_CONNECTIONS.name}{state="in_use",workload=~"$workload",colour=~"$colour"}) / sum by (workload) (${own.DB_POOL_MAX.name}${chosen})`,
            legend: "{{workload}}",
          },
        ]),
        graph({ title: "Query time (p99)", description: "1 % of the queries take longer, the wait for a connection included.", unit: "s" }, [
          { expr: `histogram_quantile(0.99, sum by (le, workload) (${rate(`${own.DB_QUERY_DURATION.name}_bucket`)}))`, legend: "{{workload}}" },
        ]),
      ],
    },
    {
      title: "Traces",
      panels: [
        graph({ title: "Spans", description: "Spans a second that the receiver of traces took, and that were recorded and lost.", unit: "short" }, [
          { expr: `sum by (workload) (rate(${own.TRACE_SPANS.name}${chosen}[$__rate_interval]))`, legend: "{{workload}}" },
          { expr: `sum by (reason) (rate(${own.TRACE_SPANS_DROPPED.name}${chosen}[$__rate_interval]))`, legend: "lost: {{reason}}" },
        ]),
        graph({ title: "Receiver of traces", description: "1 while it takes a service's traces; at 0 none is recorded, which is all well where there is no receiver.", unit: "short" }, [
          { expr: `min by (workload) (${own.TRACE_EXPORTER_UP.name}${chosen})`, legend: "{{workload}}" },
        ]),
      ],
    },
    {
      title: "Containers",
      panels: [
        graph({ title: "Memory against its limit", description: "Share of the limit; the kernel ends a container at 100 %.", unit: "percentunit" }, [
          { expr: `max by (name) (${agent.CONTAINER_MEMORY.name} / (${agent.CONTAINER_MEMORY_LIMIT.name} > 0))`, legend: "{{name}}" },
        ]),
        graph({ title: "Held back", description: "Share of periods in which a container was held back at its processor limit.", unit: "percentunit" }, [
          {
            expr: `max by (name) (rate(${agent.CONTAINER_CPU_THROTTLED.name}[$__rate_interval]) / rate(${agent.CONTAINER_CPU_PERIODS.name}[$__rate_interval]))`,
            legend: "{{name}}",
          },
        ]),
        graph({ title: "Restarts", description: "Times that each container was started again within an hour.", unit: "short" }, [
          { expr: `max by (name) (increase(${agent.CONTAINER_RESTARTS.name}[1h]))`, legend: "{{name}}" },
        ]),
        graph({ title: "Out of memory", description: "Times within an hour that the kernel ended a process for lack of memory.", unit: "short" }, [
          { expr: `max by (name) (increase(${agent.CONTAINER_OOM.name}[1h]))`, legend: "{{name}}" },
        ]),
      ],
    },
  ],
};
