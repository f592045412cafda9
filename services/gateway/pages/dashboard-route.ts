import type { FastifyReply } from "fastify";
import type { Clock } from "../../base/clock.ts";
import { Fresh } from "../../base/fresh.ts";
import type { ServiceApp } from "../../base/service.ts";
import { gatewayProblems } from "../problems.ts";
import type { ServiceAsker } from "../proxy/ask-service.ts";
import { dashboardHtml, PAGE_POLICY } from "./dashboard-html.ts";
import { type Dashboard, dashboardOf, DashboardSchema, parseHistory, parseKpis } from "./kpi.ts";
import { prefersHtml } from "./prefers-html.ts";

const SOURCE = "financial";
/** Nobody waits longer for new figures where there are old ones, and a financial that fails is not asked again at once. */
const TIMES = { patienceMs: 1_000, pauseMs: 1_000 };

/**
 * `GET /dashboard`: the 8 business KPIs with their last hour, as JSON or as a page, at most `maxAgeMs` behind their
 * source. All viewers share one read of financial in that time; while it is away its last answers stand, marked stale.
 */
export function dashboardRoute(app: ServiceApp, asker: ServiceAsker, clock: Clock, maxAgeMs: number): void {
  const kpis = new Fresh(async () => parseKpis(await asker.getJson(SOURCE, "/api/v1/financial/kpis")), maxAgeMs, clock, TIMES);
  const history = new Fresh(async () => parseHistory(await asker.getJson(SOURCE, "/api/v1/financial/kpis/history")), maxAgeMs, clock, TIMES);
  const current = async (): Promise<Dashboard> => {
    // A financial of an older version knows no history: the figures are shown without it.
    const [{ value, atMs }, past] = await Promise.all([kpis.get(), history.get().catch(() => undefined)]);
    return dashboardOf({
      kpis: value,
      history: past?.value,
      readAgoSeconds: (clock.now() - atMs) / 1000,
      unreachableSeconds: (2 * maxAgeMs) / 1000,
      now: new Date(clock.now()),
    });
  };
  const schema = { summary: "The 8 business KPIs and their last hour", produces: ["application/json", "text/html"], response: { 200: DashboardSchema } };
  app.get("/dashboard", { schema }, async (request, reply) => {
    reply.header("cache-control", "no-store").header("vary", "accept");
    if (!prefersHtml(request.headers.accept)) {
      return current().catch((error: unknown) => {
        throw gatewayProblems.serviceUnavailable(SOURCE, "the KPIs cannot be read now", error);
      });
    }
    // The page is there even when no figures are: it waits for them.
    const page = dashboardHtml(await current().catch(() => undefined));
    // The schema's type is that of the JSON.
    const asPage: FastifyReply = reply;
    return asPage
      .type("text/html; charset=utf-8")
      .header("content-security-policy", PAGE_POLICY)
      .header("x-content-type-options", "nosniff")
      .header("referrer-policy", "no-referrer")
      .send(page);
  });
}
