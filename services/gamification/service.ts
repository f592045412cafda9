import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import { gamification as declaration } from "./declaration.ts";
import { gamificationGroups } from "./handlers.ts";
import { migrations } from "./migrations.ts";
import { startOfPeriod } from "./periods.ts";
import { leaderboardRoutes } from "./routes-leaderboard.ts";
import { profileRoutes } from "./routes-profile.ts";
import { forgetOldBoards } from "./store-ranks.ts";

const DAY_MS = 86_400_000;
const KEEP_DAILY_MS = 35 * DAY_MS;
const KEEP_WEEKLY_MS = 26 * 7 * DAY_MS;
const TIDY_EVERY_MS = 600_000;

/** Of what one running service has; tests run several in one process. */
const tidying = new WeakMap<ServiceContext, NodeJS.Timeout>();

export const gamification: ServiceDefinition = {
  declaration,
  migrations,
  routes(app, context) {
    profileRoutes(app, context);
    leaderboardRoutes(app, context);
  },
  handlers: gamificationGroups,
  async start(context) {
    clearInterval(tidying.get(context));
    tidying.set(context, setInterval(() => void tidy(context), TIDY_EVERY_MS).unref());
  },
  async stop(context) {
    clearInterval(tidying.get(context));
  },
};

/** Old days and weeks are looked at by nobody; all time stays. Some at a time, so that nothing waits for it. */
async function tidy({ database, clock, log }: ServiceContext): Promise<void> {
  const now = clock.now();
  try {
    const before = { daily: startOfPeriod("daily", now - KEEP_DAILY_MS), weekly: startOfPeriod("weekly", now - KEEP_WEEKLY_MS) };
    while ((await forgetOldBoards(database, before)) > 0);
  } catch (error) {
    log.warn({ err: error }, "old leaderboards are forgotten later");
  }
}
