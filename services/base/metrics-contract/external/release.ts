import { gauge, type MetricSource } from "../metric.ts";

export const RELEASE_EVENT = gauge(
  "astra_release_event_timestamp_seconds",
  "When the environment was changed, in Unix time: one series for each of the last changes.",
  ["id", "kind", "outcome", "by", "colour", "version"],
);
export const RELEASE_WATCH = gauge("astra_release_watched", "1 while a release is under way or under watch, and an alert takes it back; else 0.");
export const RELEASE_FROZEN = gauge("astra_release_frozen", "1 while a release has failed and stands still, since a migration cannot go back; else 0.");

/** What the agent reads from Redis: who changed the environment, and how. */
export const release: MetricSource = { name: "the agent, from the history", workloads: ["agent"], metrics: [RELEASE_EVENT, RELEASE_WATCH, RELEASE_FROZEN] };
