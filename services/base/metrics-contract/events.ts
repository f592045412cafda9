import { counter, gauge, histogram } from "./metric.ts";

/** Seconds from an event to its effect within which a delivery counts as good. */
export const PROMPT_DELIVERY_SECONDS = 5;

export const PUBLISHED = counter("eventbus_published_total", "Events that the relay put into the stream.");
export const REPUBLISHED = counter("eventbus_republished_total", "Events put into the stream again after Redis had lost data.");
export const RELAY_ACTIVE = gauge("eventbus_relay_active", "1 in the process whose relay publishes its domain's events.");
export const OUTBOX_UNSENT = gauge("outbox_unsent", "Committed events that are not in the stream yet.");
export const OUTBOX_OLDEST_UNSENT_AGE = gauge(
  "outbox_oldest_unsent_age_seconds",
  "Age of the oldest committed event that is not in the stream yet.",
);
export const HANDLED = counter("eventbus_handled_total", "Deliveries of events to a group by what became of them.", ["group", "outcome"]);
export const DEAD_LETTERED = counter("eventbus_dead_lettered_total", "Events that a group could not handle.", ["group"]);
export const DEAD_LETTERS_WAITING = gauge("eventbus_dead_letters", "Dead letters of a group that nobody has replayed with success or discarded yet.", ["group"]);
export const RETIRED_GROUPS = gauge(
  "eventbus_retired_groups",
  "Groups on the domain's stream that this release does not have: the stream is not trimmed past what they have read.",
);
export const GROUP_LAG = gauge("eventbus_group_lag_seconds", "Age of the oldest event that a group has not handled.", ["group"]);
export const GROUP_READING = gauge("eventbus_group_reading", "1 while this process reads a group's events.", ["group"]);
export const HANDLING_DELAY = histogram(
  "eventbus_handling_delay_seconds",
  "Time from when an event happened to when its effect was committed.",
  ["group"],
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, PROMPT_DELIVERY_SECONDS, 15, 60],
);

/** Every consumer group that runs. One that is missing leaves its events unread. */
export const CONSUMER_GROUPS = [
  "trading.accounts",
  "trading.entitlements",
  "user.activity",
  "gamification.onboarding",
  "gamification.trade-xp",
  "gamification.social-xp",
  "gamification.nft-xp",
  "gamification.leaderboard",
  "social.trade-feed",
  "social.achievement-feed",
  "social.nft-feed",
  "financial.trade-revenue",
  "financial.marketplace-revenue",
  "financial.cohorts",
  "financial.kpis",
  "nft.achievement-rewards",
  "nft.settlement",
] as const;
