import { DASHBOARDS } from "../../alerts/model/alert.ts";
import { EDGE_CONNECTIONS, FRONTEND_RESPONSES } from "../../services/base/metrics-contract/external/edge.ts";
import * as metrics from "../../services/base/metrics-contract/gateway.ts";
import { HTTP_DURATION } from "../../services/base/metrics-contract/process.ts";
import { type Board, graph, highIsGood, lowIsGood, stat } from "../model/board.ts";

const requests = (more = ""): string => `rate(${HTTP_DURATION.name}_count{workload="gateway"${more}}[$__rate_interval])`;
const buckets = `rate(${HTTP_DURATION.name}_bucket{workload="gateway",route=~"$route"}[$__rate_interval])`;
const answers = (more: string): string => `sum(rate(${FRONTEND_RESPONSES.name}{proxy="gateway"${more}}[$__rate_interval]))`;

/** Do users get answers, fast? */
export const gateway: Board = {
  uid: DASHBOARDS.gateway,
  title: "AstraTrade: gateway",
  description: "Requests, errors and times at the way in; error budgets; breakers and limits.",
  variables: [{ name: "route", label: "Route", metric: `${HTTP_DURATION.name}_count`, of: "route" }],
  rows: [
    {
      title: "Now",
      panels: [
        stat({ title: "Requests", description: "Requests a second at the edge.", unit: "reqps" }, answers("")),
        stat(
          { title: "Errors", description: "Share of answers with a 5xx. The promise is 0.1 %.", unit: "percentunit" },
          `(${answers(',code="5xx"')} or vector(0)) / ${answers("")}`,
          { thresholds: lowIsGood(0.001, 0.01) },
        ),
        stat(
          { title: "Slow end (p99)", description: "1 % of the API's answers take longer.", unit: "s" },
          `histogram_quantile(0.99, sum by (le) (rate(${HTTP_DURATION.name}_bucket{workload="gateway",route=~"/api/.*"}[$__rate_interval])))`,
          { thresholds: lowIsGood(0.25, 1) },
        ),
        stat({ title: "Open connections", description: "Connections to the edge; 4000 are possible.", unit: "short" }, `max(${EDGE_CONNECTIONS.name})`, {
          thresholds: lowIsGood(2000, 3200),
        }),
      ],
    },
    {
      title: "Promises",
      panels: [
        graph(
          {
            title: "Burn rate (1 h)",
            description: "How many times faster than allowed each error budget burns; 1 uses it up exactly. 14.4 pages.",
            unit: "short",
          },
          [{ expr: "slo:burn_rate:1h", legend: "{{slo}}" }],
        ),
        graph({ title: "Budget used (14 d)", description: "Share of each error budget that two weeks have used; above 100 % the promise is broken.", unit: "percentunit" }, [
          { expr: "slo:burn_rate:14d", legend: "{{slo}}" },
        ]),
      ],
    },
    {
      title: "Requests",
      panels: [
        graph({ title: "Requests by route", description: "Requests a second.", unit: "reqps" }, [
          { expr: `sum by (route) (${requests(',route=~"$route"')})`, legend: "{{route}}" },
        ]),
        graph({ title: "Answers by code", description: "Answers a second.", unit: "reqps" }, [{ expr: `sum by (code) (${requests(',route=~"$route",code!=""')})`, legend: "{{code}}" }]),
        graph({ title: "Times", description: "Half, 5 % and 1 % of the answers take longer than this.", unit: "s" }, [
          { expr: `histogram_quantile(0.5, sum by (le) (${buckets}))`, legend: "p50" },
          { expr: `histogram_quantile(0.95, sum by (le) (${buckets}))`, legend: "p95" },
          { expr: `histogram_quantile(0.99, sum by (le) (${buckets}))`, legend: "p99" },
        ]),
        graph({ title: "Tries at services by outcome", description: "All but `answered` and `client-gone` are faults of the service.", unit: "reqps" }, [
          { expr: `sum by (outcome) (rate(${metrics.UPSTREAM_REQUESTS.name}[$__rate_interval]))`, legend: "{{outcome}}" },
        ]),
      ],
    },
    {
      title: "Protection",
      panels: [
        graph({ title: "Open breakers", description: "1 while a gateway sends a service's colour nothing.", unit: "short" }, [
          { expr: `max by (upstream, upstream_colour) (${metrics.BREAKER_STATE.name}{state="open"})`, legend: "{{upstream}} {{upstream_colour}}" },
        ]),
        graph({ title: "Instances out of the turn", description: "Instances that fail and are passed over until a probe finds them well.", unit: "short" }, [
          { expr: `max by (upstream, upstream_colour) (${metrics.EJECTED.name})`, legend: "{{upstream}} {{upstream_colour}}" },
        ]),
        graph({ title: "Fallbacks", description: "A second: tries at another instance, requests that a breaker refused, reads answered with an earlier answer.", unit: "reqps" }, [
          { expr: `sum(rate(${metrics.RETRIES.name}[$__rate_interval]))`, legend: "retries" },
          { expr: `sum(rate(${metrics.RETRIES_REFUSED.name}[$__rate_interval]))`, legend: "retries over the budget" },
          { expr: `sum(rate(${metrics.BREAKER_REFUSED.name}[$__rate_interval]))`, legend: "refused by a breaker" },
          { expr: `sum(rate(${metrics.STALE_ANSWERS.name}[$__rate_interval]))`, legend: "earlier answers" },
        ]),
        graph({ title: "Requests over a limit", description: "Requests a second that got 429.", unit: "reqps" }, [
          { expr: `sum by (scope) (rate(${metrics.RATE_LIMITED.name}[$__rate_interval]))`, legend: "{{scope}}" },
        ]),
        stat({ title: "Instances behind", description: "Instances that take requests, all services together.", unit: "short" }, `max(sum by (instance) (${metrics.UPSTREAM_INSTANCES.name}))`, {
          thresholds: highIsGood(6),
          width: 12,
        }),
        stat({ title: "Age of the registry", description: "Over 10 s Redis does not answer.", unit: "s" }, `max(${metrics.REGISTRY_AGE.name})`, {
          thresholds: lowIsGood(10, 30),
          width: 12,
        }),
      ],
    },
  ],
};
