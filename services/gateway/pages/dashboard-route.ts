import type { Clock } from "../../base/clock.ts";
import type { ServiceApp } from "../../base/service.ts";
import { gatewayProblems } from "../problems.ts";
import type { ServiceAsker } from "../proxy/ask-service.ts";
import { dashboardHtml, PAGE_POLICY } from "./dashboard-html.ts";
import { Fresh } from "./fresh.ts";
import { dashboardOf, DashboardSchema, parseKpis, type Dashboard } from "./kpi.ts";
import { prefersHtml } from "./prefers-html.ts";

const SOURCE = "financial";

/** `GET /dashboard`: the 8 business KPIs, as JSON or as a page, at most `maxAgeMs` behind their source. */
export function dashboardRoute(app: ServiceApp, asker: ServiceAsker, clock: Clock, maxAgeMs: number): void {
  const source = new Fresh(async () => parseKpis(await asker.getJson(SOURCE, "/api/v1/financial/kpis")), maxAgeMs, clock);
  const current = async (): Promise<Dashboard> => {
    const { value, atMs } = await source.get().catch((error: unknown) => {
      throw gatewayProblems.serviceUnavailable(SOURCE, "the KPIs cannot be read now", error);
    });
    const agoMs = clock.now() - atMs;
    return dashboardOf(value, agoMs / 1000, agoMs > 2 * maxAgeMs, new Date(clock.now()));
  };
  const schema = { summary: "The 8 business KPIs", produces: ["application/json", "text/html"], response: { 200: DashboardSchema } };
  app.get("/dashboard", { schema }, async (request, reply) => {
    const dashboard = await current();
    reply.header("cache-control", "no-store").header("vary", "accept");
    if (!prefersHtml(request.headers.accept)) return dashboard;
    const page = dashboardHtml(dashboard);
    return reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", PAGE_POLICY)
      .serializer(() => page)
      .send(dashboard);
  });
}
