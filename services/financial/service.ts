import type { ServiceContext, ServiceDefinition } from "../base/service.ts";
import { analyticsRoutes } from "./analytics/routes-analytics.ts";
import { financial as declaration } from "./declaration.ts";
import { financialGroups } from "./handlers.ts";
import { KpiBoard } from "./kpis/board.ts";
import { kpiRoutes } from "./kpis/routes-kpis.ts";
import { LedgerAudit } from "./ledger/audit.ts";
import { migrations } from "./migrations.ts";
import { Renewals } from "./subscriptions/renewal.ts";
import { subscriptionRoutes } from "./subscriptions/routes-subscriptions.ts";

interface Parts {
  readonly board: KpiBoard;
  readonly audit: LedgerAudit;
  readonly renewals: Renewals;
}

/** What one running service has; tests run several in one process. */
const running = new WeakMap<ServiceContext, Parts>();

function partsOf(context: ServiceContext): Parts {
  const parts = running.get(context) ?? { board: new KpiBoard(context), audit: new LedgerAudit(context), renewals: new Renewals(context) };
  running.set(context, parts);
  return parts;
}

export const financial: ServiceDefinition = {
  declaration,
  migrations,
  routes(app, context) {
    subscriptionRoutes(app, context);
    analyticsRoutes(app, context);
    kpiRoutes(app, partsOf(context).board, context);
  },
  handlers: financialGroups,
  async start(context) {
    const { board, audit, renewals } = partsOf(context);
    await Promise.all([board.start(), audit.start()]);
    renewals.start();
  },
  async stop(context) {
    const { board, audit, renewals } = partsOf(context);
    await Promise.all([board.stop(), audit.stop(), renewals.stop()]);
  },
};
