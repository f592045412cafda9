import { allServices, domainServices } from "../../services/catalogue.ts";
import { PORTS } from "../platform/ports.ts";
import type { ValidationCheck } from "./check.ts";
import { at, eventually, request, requireStatus } from "./http.ts";

/** Registry and breakers may need a moment after a deployment. */
const SETTLE_MS = 15_000;

/** Dependencies that the gateway's health report has to name. */
export const GATEWAY_DEPENDENCIES: readonly string[] = ["redis", "registry", ...domainServices.map((service) => service.name)];

const gatewayHealth: ValidationCheck = {
  name: "gateway is healthy and names every dependency (R-GW-1)",
  async run(context) {
    const url = context.url(PORTS.edge) + "/health";
    const { value } = await eventually(context, SETTLE_MS, async () => {
      const answer = await request(context, url);
      requireStatus(url, answer, 200);
      const dependencies = at(answer.json, "dependencies");
      const missing = GATEWAY_DEPENDENCIES.filter((name) => at(dependencies, name) === undefined);
      if (missing.length > 0) return { notYet: `${url} does not name ${missing.join(", ")}` };
      const status = String(at(answer.json, "status"));
      if (status === "ok") return { done: GATEWAY_DEPENDENCIES.length };
      const away = GATEWAY_DEPENDENCIES.filter((name) => at(dependencies, name, "status") !== "up");
      return { notYet: `${url} says "${status}": ${away.join(", ")} not up` };
    });
    return `${value} dependencies up`;
  },
};

/** One service as `GET /services` shows it. */
interface Registered {
  readonly name: string;
  readonly healthy: boolean;
}

/** Services in the gateway's answer. @throws Error when it has another shape. */
export function registeredServices(json: unknown): readonly Registered[] {
  const services = at(json, "services");
  if (!Array.isArray(services)) throw new Error('/services: expected {"services": [...]}');
  return services.map((service: unknown) => ({
    name: String(at(service, "service")),
    healthy: at(service, "status") === "healthy",
  }));
}

const registry: ValidationCheck = {
  name: "all six services are registered and healthy (R-GW-2)",
  async run(context) {
    const url = context.url(PORTS.edge) + "/services";
    const { value } = await eventually(context, SETTLE_MS, async () => {
      const answer = await request(context, url);
      requireStatus(url, answer, 200);
      const healthy = registeredServices(answer.json).filter((service) => service.healthy).map((service) => service.name);
      const missing = domainServices.filter((service) => !healthy.includes(service.name));
      if (missing.length > 0) return { notYet: `${url}: ${missing.map((service) => service.name).join(", ")} not registered and healthy` };
      return { done: healthy.join(", ") };
    });
    return value;
  },
};

const ownPorts: ValidationCheck = {
  name: "each service answers /health on its own port on loopback (R-SVC-2)",
  async run(context) {
    for (const service of domainServices) {
      const url = `${context.url(service.port)}/health`;
      await eventually(context, SETTLE_MS, async () => {
        const answer = await request(context, url);
        requireStatus(url, answer, 200);
        if (at(answer.json, "service") !== service.name)
          throw new Error(`${url} is answered by "${String(at(answer.json, "service"))}", expected "${service.name}"`);
        const status = String(at(answer.json, "status"));
        return status === "ok" ? { done: true } : { notYet: `${url} says "${status}"` };
      });
    }
    return domainServices.map((service) => service.port).sort().join(", ");
  },
};

/** Two scrapes and a look-up of names. */
const SCRAPE_MS = 60_000;
/** Workloads of the foundation that Prometheus scrapes, itself among them. */
const SCRAPED_FOUNDATION = ["prometheus", "alertmanager", "edge", "redis-exporter", "postgres-exporter"];

const targets: ValidationCheck = {
  name: "Prometheus has every target up (R-MON-1)",
  async run(context) {
    const url = `${context.url(PORTS.prometheus)}/api/v1/targets?state=active`;
    const expected = SCRAPED_FOUNDATION.length + allServices.length;
    const { value } = await eventually(context, SCRAPE_MS, async () => {
      const answer = await request(context, url);
      requireStatus(url, answer, 200);
      const active = at(answer.json, "data", "activeTargets");
      const list: readonly unknown[] = Array.isArray(active) ? active : [];
      const down = list.filter((target) => at(target, "health") !== "up");
      if (down.length > 0)
        return {
          notYet: `not up: ${down.map((target) => `${String(at(target, "scrapeUrl"))} (${String(at(target, "lastError"))})`).join(", ")}`,
        };
      return list.length >= expected ? { done: list.length } : { notYet: `${list.length} targets, expected ${expected} or more` };
    });
    return `${value} targets`;
  },
};

/** What must answer before anything else makes sense. */
export const healthChecks: readonly ValidationCheck[] = [gatewayHealth, registry, ownPorts];
export const monitoringChecks: readonly ValidationCheck[] = [targets];
