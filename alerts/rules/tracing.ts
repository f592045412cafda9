import { TRACE_EXPORTER_UP, TRACE_SPANS, TRACE_SPANS_DROPPED } from "../../services/base/metrics-contract/process.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, STATUS } from "./commands.ts";
import { ratio } from "./promql.ts";

const spans = (name: string): string => `sum by (workload) (rate(${name}[5m]))`;
const lost = spans(TRACE_SPANS_DROPPED.name);
const series = (name: string, more = ""): string => `${name}{workload="nft",instance="1"${more}}`;

const NO_USER = "None for users: requests never wait for traces. What happens now can be looked up by its correlation id in the logs only.";
const GO_BACK = "Take the receiver back to its last version, or name another one with `tracing.otlpEndpoint`; processes find it within a minute.";

/** Whether traces get to whoever keeps them. An environment without a receiver has none and is no alert. */
export const tracingGroup: RuleGroup = {
  name: "tracing",
  component: "tracing",
  owner: "platform",
  dashboard: DASHBOARDS.services,
  records: [],
  alerts: [
    {
      name: "TraceReceiverAway",
      severity: "warning",
      expr: `max by (workload) (${TRACE_EXPORTER_UP.name}) == 0 and max by (workload) (max_over_time(${TRACE_EXPORTER_UP.name}[6h])) == 1`,
      forSeconds: 300,
      summary: "A service cannot hand over its traces any more.",
      description: "No instance of {{ $labels.workload }} has reached the receiver of traces for 5 minutes, and within 6 hours one had.",
      runbook: {
        meaning: "Jaeger, or the receiver that `tracing.otlpEndpoint` names, does not take traces. Nothing is recorded until it does, so that it costs nothing.",
        impact: NO_USER,
        commands: [STATUS, logsOf("jaeger"), query(`min by (workload) (${TRACE_EXPORTER_UP.name})`)],
        goBack: GO_BACK,
      },
      test: {
        labels: { workload: "nft" },
        trueAfterSeconds: 60,
        // A receiver that never was there is nobody's loss.
        series: [{ series: series(TRACE_EXPORTER_UP.name), bad: "1x3 0x60", good: 0 }],
      },
    },
    {
      name: "TraceSpansLost",
      severity: "warning",
      expr: `${ratio(lost, `${lost} + ${spans(TRACE_SPANS.name)}`)} > 0.05`,
      forSeconds: 300,
      summary: "A service loses parts of its traces.",
      description: "{{ $value | humanizePercentage }} of the spans of {{ $labels.workload }} are recorded and lost (threshold 5 %).",
      runbook: {
        meaning: "`queue_full`: more is recorded than the receiver takes. `export_failed`: it refuses or is too slow. `stopped`: processes end before all is sent.",
        impact: `${NO_USER} Traces that are there may lack parts.`,
        commands: [query(`sum by (workload, reason) (rate(${TRACE_SPANS_DROPPED.name}[5m]))`), logsOf("jaeger"), STATUS],
        goBack: "Record fewer of them with `tracing.sampleRatio`, or give the receiver more memory and processor.",
      },
      test: {
        labels: { workload: "nft" },
        value: "5.2%",
        trueAfterSeconds: 15,
        series: [
          { series: series(TRACE_SPANS.name), bad: { perStep: 948 }, good: { perStep: 952 } },
          { series: series(TRACE_SPANS_DROPPED.name, ',reason="queue_full"'), bad: { perStep: 52 }, good: { perStep: 48 } },
        ],
      },
    },
  ],
};
