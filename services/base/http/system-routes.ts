import type { HealthReporter, Phase } from "../health/report.ts";
import type { Metrics } from "../metrics.ts";
import type { ServiceApp } from "../service.ts";
import type { OwnAnswer } from "./front.ts";

/** The routes that every process answers, whatever it does: health, metrics and its own API document. */
export function systemRoutes(app: ServiceApp, health: HealthReporter, metrics: Metrics, phase: Phase): void {
  const schema = { hide: true } as const;
  const code = (): 200 | 503 => (phase.ready && !phase.draining ? 200 : 503);
  const state = (): string => (phase.draining ? "draining" : phase.ready ? "ready" : "starting");
  const answers: Readonly<Record<string, () => Promise<OwnAnswer>>> = {
    "/health/live": () => Promise.resolve({ status: 200, body: { status: "live" } }),
    "/health/ready": () => Promise.resolve({ status: code(), body: { status: state() } }),
    "/health": async () => {
      const body = await health.report(phase);
      return { status: code(), body };
    },
  };
  for (const [path, answer] of Object.entries(answers)) {
    app.front.answer(path, answer);
    app.get(path, { schema }, async (_request, reply) => {
      const { status, body } = await answer();
      return reply.code(status).send(body);
    });
  }
  app.get("/metrics", { schema }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get("/openapi.json", { schema }, () => app.swagger());
}
