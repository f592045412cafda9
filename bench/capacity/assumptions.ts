/** What was not measured, and stands in the computation all the same; each is marked as such on the page. */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly why: string;
}

export const ASSUMPTIONS = {
  utilisation: { value: 0.6, unit: "share of a core that is planned with", why: "above it, waiting times grow faster than throughput; the rest is for bursts and for one instance that is gone" },
  monthlyUsers: { value: 100_000, unit: "users a month", why: "R-NFR" },
  dailyShare: { value: 0.2, unit: "share of the month's users on one day", why: "usual for games (10 to 30 %)" },
  requestsPerUserDay: { value: 120, unit: "requests of an active user a day", why: "two sessions of the simulation's regular player, four requests a click on a page" },
  tradesPerUserDay: { value: 10, unit: "trades of an active user a day", why: "a fifth of the clicks of `./astra simulate` are orders" },
  peakFactor: { value: 10, unit: "busiest minute, times the day's average", why: "four for evenings, the rest for a market that moves" },
  targetPerSecond: { value: 10_000, unit: "trades/s to reach", why: "R-NFR" },
  peakHours: { value: 1, unit: "hours of the target's rate on one day", why: "10,000 trades/s is a peak and no average: a day of it would be 864 million trades" },
  coresPerDatabase: { value: 16, unit: "cores of one PostgreSQL", why: "a common size; what more cores bring to one writer has not been measured here" },
  retentionDays: { value: 30, unit: "days that trades stay in the main tables", why: "older ones go to cheaper storage by partitions" },
} as const satisfies Record<string, Assumption>;
