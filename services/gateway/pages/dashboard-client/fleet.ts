/** One service as the strip shows it. */
export interface FleetEntry {
  readonly name: string;
  readonly state: "healthy" | "unavailable";
  readonly breaker: "closed" | "half-open" | "open" | undefined;
  /** `2 blue · 1 green draining`; who runs and takes requests has no word. */
  readonly instances: string;
  /** Age of the newest sign of life, in seconds. */
  readonly beatSeconds: number | undefined;
}

const WORST = ["open", "half-open", "closed"] as const;

/**
 * What `GET /services` tells, as entries: the services in their order, then the gateways. It reads what it knows and
 * leaves out the rest, since a page may be older or newer than the gateway that answers it.
 */
export function fleetOf(answer: unknown): readonly FleetEntry[] {
  const gateways = list(field(answer, "gateways"));
  const own = gateways.length === 0 ? [] : [entryOf("gateway", { status: "healthy", instances: gateways })];
  return [...list(field(answer, "services")).map((service) => entryOf(text(field(service, "service")) ?? "?", service)), ...own];
}

function entryOf(name: string, service: unknown): FleetEntry {
  const instances = list(field(service, "instances"));
  const beats = instances.filter((one) => field(one, "state") !== "dead").map((one) => Number(field(one, "heartbeatAgeMs")));
  const counts = new Map<string, number>();
  for (const one of instances) {
    const state = text(field(one, "state"));
    const kind = `${text(field(one, "colour")) ?? "?"}${state === undefined || state === "up" ? "" : ` ${state}`}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return {
    name,
    state: field(service, "status") === "healthy" ? "healthy" : "unavailable",
    breaker: worstOf(field(service, "breaker")),
    instances: [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => `${count} ${kind}`).join(" · "),
    beatSeconds: beats.length === 0 || beats.some(Number.isNaN) ? undefined : Math.min(...beats) / 1000,
  };
}

/** One state, or one for each colour: the worst counts. */
function worstOf(breaker: unknown): FleetEntry["breaker"] {
  const states = typeof breaker === "object" && breaker !== null ? Object.values(breaker) : [breaker];
  return WORST.find((state) => states.includes(state));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
