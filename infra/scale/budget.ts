import { connectionBudget, connectionsOf } from "../config/settings.ts";
import { mostInstances } from "../config/targets.ts";
import { DATABASE_CONNECTIONS, DEFAULT_LIMITS } from "../platform/defaults.ts";
import type { Settings } from "../platform/settings.ts";
import { COLOURS } from "../platform/workload.ts";
import { domainServices } from "../../services/catalogue.ts";
import type { Numbers } from "./numbers.ts";

const MIB = 1024 * 1024;
/** What an instance takes where nobody can say what the present ones do: measured at rest, rounded up. */
const USUAL_BYTES = 128 * MIB;
/** Left for the others on the machine. */
const RESERVE_BYTES = 256 * MIB;

const mebibytes = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;

function withNumbers(settings: Settings, numbers: Numbers): Settings {
  return { ...settings, replicas: { ...settings.replicas, ...numbers } };
}

/**
 * Why PostgreSQL has no room for a colour with these instances beside another such colour, and what would fit; undefined
 * where it has. The gateway opens no connections.
 */
export function connectionProblem(settings: Settings, numbers: Numbers): string | undefined {
  const most = mostInstances(withNumbers(settings, numbers));
  const connections = connectionBudget(most);
  if (connections <= DATABASE_CONNECTIONS.max) return undefined;
  const withSchema = domainServices.filter((service) => service.schema !== undefined).map((service) => service.name);
  const instances = withSchema.reduce((sum, name) => sum + (most[name] ?? 1), 0);
  let fit = 0;
  while (connectionsOf(COLOURS.length * (fit + 1)) <= DATABASE_CONNECTIONS.max) fit += 1;
  const own = withSchema.filter((name) => name in numbers);
  const others = instances - own.reduce((sum, name) => sum + (most[name] ?? 1), 0);
  return (
    `PostgreSQL takes ${DATABASE_CONNECTIONS.max} connections, and ${COLOURS.length} colours x ${instances} instances x ` +
    `${DATABASE_CONNECTIONS.perInstance} + ${DATABASE_CONNECTIONS.reserve} would be ${connections}. A colour has room for ${fit} instances of ` +
    `${withSchema.join(", ")} together: ${Math.max(0, fit - others)} of ${own.join(" and ")}, as the others stand. The gateway is not counted.`
  );
}

/** What is known of a machine's memory, in bytes. */
export interface MachineMemory {
  /** All of it. */
  readonly totalBytes: number;
  /** What processes can still get. */
  readonly availableBytes: number;
  /** Sum of the limits of what runs there of the environment. */
  readonly limitsBytes: number;
}

/** Instances of one service that come on top of what runs. */
export interface Addition {
  readonly service: string;
  readonly count: number;
  /** What one of the present instances uses; undefined: nobody says. */
  readonly usedBytes: number | undefined;
}

/** What more instances mean for a machine's memory: `problem` where they do not fit, `warning` where limits add up to too much. */
export function memoryAnswer(additions: readonly Addition[], settings: Settings, machine: MachineMemory): { readonly problem?: string; readonly warning?: string } {
  const limit = (service: string): number => (settings.resources[service]?.memoryMb ?? DEFAULT_LIMITS.memoryMb) * MIB;
  const used = additions.reduce((sum, { count, usedBytes }) => sum + count * (usedBytes ?? USUAL_BYTES), 0);
  if (used === 0) return {};
  const limits = machine.limitsBytes + additions.reduce((sum, { service, count }) => sum + count * limit(service), 0);
  if (used + RESERVE_BYTES > machine.availableBytes)
    return {
      problem:
        `The machine has ${mebibytes(machine.availableBytes)} of memory left. The new instances would use about ${mebibytes(used)}, as the present ` +
        `ones do, and ${mebibytes(RESERVE_BYTES)} are kept for the rest. End other programs, or use a larger machine.`,
    };
  return limits > machine.totalBytes
    ? { warning: `Limits add up to ${mebibytes(limits)}, and the machine has ${mebibytes(machine.totalBytes)}; the new instances use about ${mebibytes(used)} at rest.` }
    : {};
}
