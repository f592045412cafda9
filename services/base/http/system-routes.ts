import type { HealthReporter, Phase } from "../health/report.ts";
import type { Metrics } from "../metrics.ts";
import type { ServiceApp } from "../service.ts";

/** The routes that every process answers, whatever it does: health, metrics and its own API document. */
export function systemRoutes(app: ServiceApp, health: HealthReporter, metrics: Metrics, phase: Phase): void {
  const schema = { hide: true } as const;
  app.get("/health/live", { schema }, () => ({ status: "live" }));
  app.get("/health/ready", { schema }, (_request, reply) => {
    const ready = phase.ready && !phase.draining;
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : phase.draining ? "draining" : "starting" });
  });
  app.get("/health", { schema }, async (_request, reply) => {
    const report = await health.report(phase);
    return reply.code(phase.ready && !phase.draining ? 200 : 503).send(report);
  });
  app.get("/metrics", { schema }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get("/openapi.json", { schema }, () => app.swagger());
}
