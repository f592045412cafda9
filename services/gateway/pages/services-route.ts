import { Type } from "typebox";
import type { Clock } from "../../base/clock.ts";
import type { ServiceDeclaration } from "../../base/declaration.ts";
import type { SeenInstance } from "../../base/registry/view.ts";
import type { ServiceApp, ServiceContext } from "../../base/service.ts";
import type { Breakers } from "../breaker/breakers.ts";
import type { InstanceHealth } from "../routing/instance-health.ts";

const WeightsSchema = Type.Object({ blue: Type.Number(), green: Type.Number() });

const InstanceSchema = Type.Object({
  instance: Type.String(),
  state: Type.Union([Type.Literal("up"), Type.Literal("draining"), Type.Literal("dead")]),
  colour: Type.String(),
  version: Type.String(),
  address: Type.String(),
  port: Type.Integer(),
  weight: Type.Number({ description: "Share of the workload's traffic that goes to its colour now." }),
  breaker: Type.Optional(Type.String({ description: "Of its service and colour: closed, open or half-open" })),
  ejected: Type.Optional(Type.String({ description: "Why it is out of the turn for now: refused, unanswered, reset, timeout or server-error" })),
  heartbeatAgeMs: Type.Integer(),
  startedAt: Type.String(),
});

const ServiceSchema = Type.Object({
  service: Type.String(),
  purpose: Type.String(),
  route: Type.Optional(Type.String()),
  status: Type.Union([Type.Literal("healthy"), Type.Literal("unavailable")]),
  breakers: Type.Object({ blue: Type.String(), green: Type.String() }, { description: "closed, open or half-open" }),
  weights: WeightsSchema,
  instances: Type.Array(InstanceSchema),
});

const AnswerSchema = Type.Object({
  registry: Type.Object({
    ageMs: Type.Union([Type.Integer(), Type.Null()], { description: "Since Redis was last read; while it is away the last table serves." }),
    faulty: Type.Boolean({ description: "Most heartbeats stopped at once: nobody is taken for dead." }),
  }),
  traffic: Type.Object({ version: Type.Integer(), reason: Type.String() }),
  services: Type.Array(ServiceSchema),
  gateways: Type.Array(InstanceSchema),
});

/** What requests have shown of instances and services. */
export interface Opinions {
  readonly breakers: Breakers;
  readonly health: InstanceHealth;
}

/** `GET /services`: every instance that the registry knows, and how traffic goes. */
export function servicesRoute(app: ServiceApp, context: ServiceContext, services: readonly ServiceDeclaration[], { breakers, health }: Opinions): void {
  const { registry, traffic, clock } = context;
  const opinionOf = (seen: SeenInstance) => {
    const ejected = health.out().find(({ instance }) => instance.instance === seen.instance)?.kind;
    return { breaker: breakers.of(seen.service, seen.colour).state, ...(ejected === undefined ? {} : { ejected }) };
  };
  const instancesOf = (name: string, opinion: (seen: SeenInstance) => object = () => ({})) =>
    registry
      .instances()
      .filter((instance) => instance.service === name)
      .sort((a, b) => a.instance.localeCompare(b.instance))
      .map((instance) => ({ ...describe(instance, traffic.weight(name, instance.colour), clock), ...opinion(instance) }));
  app.get("/services", { schema: { summary: "All running instances", response: { 200: AnswerSchema } } }, () => ({
    registry: { ageMs: registry.ageMs() ?? null, faulty: registry.isFaulty },
    traffic: { version: traffic.table()?.version ?? 0, reason: traffic.table()?.reason ?? "no table yet" },
    services: services.map((service) => {
      const instances = instancesOf(service.name, opinionOf);
      const isTaken = instances.some((instance) => instance.state === "up");
      return {
        service: service.name,
        purpose: service.purpose,
        ...(service.route === undefined ? {} : { route: `/api/v1/${service.route}` }),
        status: isTaken ? ("healthy" as const) : ("unavailable" as const),
        breakers: { blue: breakers.of(service.name, "blue").state, green: breakers.of(service.name, "green").state },
        weights: traffic.weights(service.name),
        instances,
      };
    }),
    gateways: instancesOf(context.declaration.name),
  }));
}

function describe(seen: SeenInstance, weight: number, clock: Clock) {
  const { instance, state, alive, colour, version, address, port, lastBeatMs, startedAt } = seen;
  return {
    instance,
    state: alive ? state : ("dead" as const),
    colour,
    version,
    address,
    port,
    weight,
    heartbeatAgeMs: Math.max(0, Math.round(clock.now() - lastBeatMs)),
    startedAt,
  };
}
