import { DASHBOARDS } from "../../alerts/model/alert.ts";
import * as bus from "../../services/base/metrics-contract/events.ts";
import { type Board, graph, highIsGood, lowIsGood, stat } from "../model/board.ts";

const rate = (metric: string, matchers = '{group=~"$group"}'): string => `rate(${metric}${matchers}[$__rate_interval])`;

/** Does what happens in one service reach the others? */
export const events: Board = {
  uid: DASHBOARDS.events,
  title: "AstraTrade: event bus",
  description: "From the outbox through the streams to the groups: how much, how late, and what could not be handled.",
  variables: [{ name: "group", label: "Group", metric: bus.GROUP_LAG.name, of: "group" }],
  rows: [
    {
      title: "Now",
      panels: [
        stat({ title: "Published", description: "Events a second that relays put into streams.", unit: "ops" }, `sum(rate(${bus.PUBLISHED.name}[$__rate_interval]))`),
        stat({ title: "Largest lag", description: "Age of the oldest event that some group has not handled. Over 30 s pages.", unit: "s" }, `max(${bus.GROUP_LAG.name})`, {
          thresholds: lowIsGood(5, 30),
        }),
        stat(
          { title: "Groups that are read", description: `Consumer groups with a process that reads; ${bus.CONSUMER_GROUPS.length} is all.`, unit: "short" },
          `count(sum by (group) (${bus.GROUP_READING.name}) > 0) or vector(0)`,
          { thresholds: highIsGood(bus.CONSUMER_GROUPS.length) },
        ),
        stat(
          { title: "Dead letters", description: "Events that some group gave up on, and that nobody has replayed yet. 0 is as it should be.", unit: "short" },
          `sum(max by (group) (${bus.DEAD_LETTERS_WAITING.name})) or vector(0)`,
          { thresholds: lowIsGood(1, 10) },
        ),
      ],
    },
    {
      title: "Outbox",
      panels: [
        graph({ title: "Waiting in the outbox", description: "Committed events that are not in a stream yet.", unit: "short" }, [
          { expr: `max by (workload) (${bus.OUTBOX_UNSENT.name})`, legend: "{{workload}}" },
        ]),
        graph({ title: "Oldest in the outbox", description: "Age of the oldest such event. Over 30 s pages.", unit: "s" }, [
          { expr: `max by (workload) (${bus.OUTBOX_OLDEST_UNSENT_AGE.name})`, legend: "{{workload}}" },
        ]),
        graph({ title: "Active relays", description: "One for each domain publishes.", unit: "short" }, [
          { expr: `sum by (workload) (${bus.RELAY_ACTIVE.name})`, legend: "{{workload}}" },
        ]),
        graph({ title: "Published again", description: "Events a second that Redis had lost.", unit: "ops" }, [
          { expr: `sum by (workload) (rate(${bus.REPUBLISHED.name}[$__rate_interval]))`, legend: "{{workload}}" },
        ]),
      ],
    },
    {
      title: "Groups",
      panels: [
        graph({ title: "Handled by group", description: "Events a second whose effect was committed.", unit: "ops" }, [
          { expr: `sum by (group) (${rate(bus.HANDLED.name, '{group=~"$group",outcome="handled"}')})`, legend: "{{group}}" },
        ]),
        graph({ title: "Deliveries by outcome", description: "`duplicate` and `ignored` are normal; `retried` should be rare, `dead_lettered` nothing; `discarded` is what an operator gave up.", unit: "ops" }, [
          { expr: `sum by (outcome) (${rate(bus.HANDLED.name)})`, legend: "{{outcome}}" },
        ]),
        graph({ title: "Dead letters by group", description: "What waits for somebody, by the group that gave up on it.", unit: "short" }, [
          { expr: `max by (group) (${bus.DEAD_LETTERS_WAITING.name}{group=~"$group"})`, legend: "{{group}}" },
        ]),
        graph({ title: "Lag by group", description: "Age of the oldest event that a group has not handled.", unit: "s" }, [
          { expr: `max by (group) (${bus.GROUP_LAG.name}{group=~"$group"})`, legend: "{{group}}" },
        ]),
        graph({ title: "From event to effect", description: "Half and 1 % of the events take longer. The promise is 5 s.", unit: "s" }, [
          { expr: `histogram_quantile(0.5, sum by (le) (${rate(`${bus.HANDLING_DELAY.name}_bucket`)}))`, legend: "p50" },
          { expr: `histogram_quantile(0.99, sum by (le) (${rate(`${bus.HANDLING_DELAY.name}_bucket`)}))`, legend: "p99" },
        ]),
      ],
    },
  ],
};
