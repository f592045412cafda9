import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import { analyticsRoutes } from "./analytics/routes-analytics.ts";
import { financial as declaration } from "./declaration.ts";
import { financialGroups } from "./handlers.ts";
import { KpiBoard } from "./kpis/board.ts";
import { kpiRoutes } from "./kpis/routes-kpis.ts";
import { migrations } from "./migrations.ts";
import { subscriptionRoutes } from "./subscriptions/routes-subscriptions.ts";

/** One board for each running service; tests run several in one process. */
const boards = new WeakMap<ServiceContext, KpiBoard>();

function boardOf(context: ServiceContext): KpiBoard {
  const board = boards.get(context) ?? new KpiBoard(context);
  boards.set(context, board);
  return board;
}

export const financial: ServiceDefinition = {
  declaration,
  migrations,
  routes(app, context) {
    subscriptionRoutes(app, context);
    analyticsRoutes(app, context);
    kpiRoutes(app, boardOf(context));
  },
  handlers: financialGroups,
  start: (context) => boardOf(context).start(),
  stop: (context) => boardOf(context).stop(),
};
