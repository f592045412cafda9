import { DASHBOARDS } from "../../alerts/model/alert.ts";
import { PROCESS_MEMORY, PROCESS_START } from "../../services/base/metrics-contract/external/node.ts";
import { ALERTS, HEAD_SERIES, UP } from "../../services/base/metrics-contract/external/monitoring.ts";
import { RELEASE_FROZEN, RELEASE_WATCH } from "../../services/base/metrics-contract/external/release.ts";
import * as gateway from "../../services/base/metrics-contract/gateway.ts";
import { HTTP_DURATION, SERVICE_INFO } from "../../services/base/metrics-contract/process.ts";
import { type Board, graph, lowIsGood, type PanelSpec, stat } from "../model/board.ts";

const colours = ["blue", "green"] as const;

/** The same panel for both colours, side by side. */
function beside(make: (colour: string) => PanelSpec): readonly PanelSpec[] {
  return colours.map(make);
}

const other = (colour: string): string => `A colour that is not deployed shows nothing; ${colour} is this half.`;

/** Is the new release as good as the old one? Blue on the left, green on the right. */
export const deployment: Board = {
  uid: DASHBOARDS.deployment,
  title: "AstraTrade: deployment",
  description: "Blue beside green: traffic, errors, times, releases; and what fires.",
  variables: [],
  rows: [
    {
      title: "Traffic",
      panels: [
        ...beside((colour) =>
          graph({ title: `Weights of ${colour}`, description: `Share of the requests by workload. ${other(colour)}`, unit: "percent" }, [
            { expr: `max by (upstream) (${gateway.TRAFFIC_WEIGHT.name}{upstream_colour="${colour}"})`, legend: "{{upstream}}" },
          ]),
        ),
        ...beside((colour) =>
          graph({ title: `Requests to ${colour}`, description: `Requests a second by service, as the gateways sent them. ${other(colour)}`, unit: "reqps" }, [
            { expr: `sum by (upstream) (rate(${gateway.UPSTREAM_REQUESTS.name}{upstream_colour="${colour}"}[$__rate_interval]))`, legend: "{{upstream}}" },
          ]),
        ),
      ],
    },
    {
      title: "Quality",
      panels: [
        graph({ title: "Errors by colour", description: "Share of requests that failed; a colour that is worse than the other by 2 % and twice is taken back.", unit: "percentunit" }, [
          { expr: "max by (colour) (colour:error_ratio:rate2m)", legend: "{{colour}}" },
        ]),
        graph({ title: "Times by colour (p95)", description: "5 % of the API's answers take longer.", unit: "s" }, [
          {
            expr: `histogram_quantile(0.95, sum by (le, colour) (rate(${HTTP_DURATION.name}_bucket{route=~"/api/.*"}[$__rate_interval])))`,
            legend: "{{colour}}",
          },
        ]),
        graph({ title: "Restarts by colour", description: "Times that processes began anew within 10 minutes.", unit: "short" }, [
          { expr: `sum by (colour) (changes(${PROCESS_START.name}{job="services"}[10m]))`, legend: "{{colour}}" },
        ]),
        graph({ title: "Memory by colour", description: "Memory of all processes of a colour.", unit: "bytes" }, [
          { expr: `sum by (colour) (${PROCESS_MEMORY.name}{job="services"})`, legend: "{{colour}}" },
        ]),
      ],
    },
    {
      title: "Releases and monitoring",
      panels: [
        graph({ title: "Processes by release", description: "Which release runs in which colour, by the number of its processes.", unit: "short" }, [
          { expr: `count by (colour, version) (${SERVICE_INFO.name})`, legend: "{{colour}} {{version}}" },
        ]),
        graph({ title: "Alerts that fire", description: "The watchdog always does: it shows that alerting works.", unit: "short" }, [
          { expr: `count by (alertname) (${ALERTS.name}{alertstate="firing"})`, legend: "{{alertname}}" },
        ]),
        stat(
          { title: "Release", description: "0: none is under way. 1: under way or under watch, an alert takes it back. 2: failed and frozen, since a migration cannot go back.", unit: "none" },
          `max(${RELEASE_WATCH.name}) + max(${RELEASE_FROZEN.name})`,
          { thresholds: lowIsGood(1, 2), width: 8 },
        ),
        stat({ title: "Targets that answer", description: "Share of everything that Prometheus reads.", unit: "percentunit" }, `sum(${UP.name}) / count(${UP.name})`, { width: 8 }),
        stat({ title: "Series in Prometheus", description: "It should stay under 15,000 with one colour.", unit: "short" }, `max(${HEAD_SERIES.name})`, {
          thresholds: lowIsGood(30_000, 40_000),
          width: 8,
        }),
      ],
    },
  ],
};
