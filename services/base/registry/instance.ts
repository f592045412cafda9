import type { Colour } from "../config.ts";

export const REGISTRY_KEY = "astra:registry";
/** A join, a leave and a change of state are announced here, with the instance as message. */
export const REGISTRY_CHANNEL = "astra:registry";

export const HEARTBEAT_INTERVAL_MS = 2000;
/** An instance that is silent for longer counts as dead. */
export const HEARTBEAT_EXPIRY_MS = 10_000;

/** `up` takes requests; `draining` finishes what it has. */
export type InstanceState = "up" | "draining";

/** One running instance of a service, as it stands in the registry. */
export interface Instance {
  readonly service: string;
  readonly instance: string;
  /** IP address that other containers reach it by. */
  readonly address: string;
  readonly port: number;
  readonly colour: Colour;
  readonly version: string;
  readonly state: InstanceState;
  /** Share among the instances of its colour, [0, 100]. */
  readonly weight: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Redis' own time of the last heartbeat, milliseconds. */
  readonly heartbeatAt: number;
}

/** What an instance says of itself; Redis adds the time of the heartbeat. */
export type Announcement = Omit<Instance, "heartbeatAt">;

/** One entry of the registry; absent where it is not readable, which concerns nobody else. */
export function parseInstance(json: string): Instance | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isInstance(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isInstance(value: unknown): value is Instance {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  const texts = ["service", "instance", "address", "version", "startedAt"];
  return (
    texts.every((key) => typeof entry[key] === "string") &&
    (entry["colour"] === "blue" || entry["colour"] === "green") &&
    (entry["state"] === "up" || entry["state"] === "draining") &&
    [entry["port"], entry["weight"], entry["heartbeatAt"]].every((number) => typeof number === "number")
  );
}
