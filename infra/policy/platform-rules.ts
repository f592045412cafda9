import { connectionsOf } from "../config/settings.ts";
import { domainServices } from "../../services/catalogue.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import { DATABASE_CONNECTIONS } from "../platform/defaults.ts";
import { isJob } from "../platform/jobs.ts";
import type { PlatformForm, PlatformRule } from "./rule.ts";

const MIB = 1024 * 1024;
const mebibytes = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;

const WITH_POOL = new Set(domainServices.flatMap((service) => (service.schema === undefined ? [] : [service.name])));

/** All that may run at the same time: both colours. */
function everything({ foundation, colours }: PlatformForm): readonly ContainerForm[] {
  return [...foundation, ...colours.flat()];
}

/** What only shows when all stacks of an environment are seen together. */
export const platformRules: readonly PlatformRule[] = [
  {
    id: "connection-budget",
    what: "PostgreSQL has room for every connection that both colours may open.",
    why: "One too many is refused, and then requests fail just when both colours run: during a rollout.",
    fix: "lower astratrade:replicas, or raise max_connections in images/postgres/postgresql.conf and DATABASE_CONNECTIONS",
    check: (platform) => {
      const instances = everything(platform).filter((form) => WITH_POOL.has(form.workload)).length;
      const connections = connectionsOf(instances);
      if (connections <= DATABASE_CONNECTIONS.max) return [];
      const sum = `${instances} instances x ${DATABASE_CONNECTIONS.perInstance} + ${DATABASE_CONNECTIONS.reserve} = ${connections}`;
      return [{ severity: "deny", message: `PostgreSQL takes ${DATABASE_CONNECTIONS.max} connections, and both colours may open ${sum}.` }];
    },
  },
  {
    id: "memory-budget",
    what: "The machine has the memory that both colours and the foundation may take.",
    why: "Where limits add up to more than there is, the kernel chooses what to kill when all are used; idle, they use a tenth.",
    fix: "lower astratrade:resources.<workload>.memoryMb, or use a larger machine",
    check: (platform) => {
      const memory = platform.machineMemoryBytes;
      if (memory === undefined) return [];
      // A limit that the machine does not have is none.
      const tooLarge = everything(platform).filter((form) => form.memoryBytes > memory);
      // A job has ended before what it prepares runs.
      const sum = everything(platform).reduce((total, form) => total + (isJob(form.workload) ? 0 : form.memoryBytes), 0);
      return [
        ...tooLarge.map((form) => ({
          severity: "deny" as const,
          message: `${form.name} may take ${mebibytes(form.memoryBytes)}, and the machine has ${mebibytes(memory)}: the limit limits nothing.`,
        })),
        // Nobody uses all of it at once as a rule, so it is said and not refused.
        ...(sum > memory
          ? [{ severity: "warn" as const, message: `With both colours up, limits add up to ${mebibytes(sum)}, and the machine has ${mebibytes(memory)}.` }]
          : []),
      ];
    },
  },
  {
    id: "host-ports",
    what: "Host ports are the containers' own plus the environment's offset, each taken once.",
    why: "Two environments on one machine keep out of each other's way by their offsets alone.",
    fix: "set astratrade:portOffset instead of single ports",
    check: (platform) => {
      const ports = everything(platform).flatMap((form) => form.ports.map((port) => ({ form, port })));
      const moved = ports.filter(({ port }) => port.host !== port.container + platform.portOffset);
      const taken = ports.filter(({ port }, index) => ports.findIndex((other) => other.port.host === port.host) !== index);
      return [
        ...moved.map(({ form, port }) => ({
          severity: "deny" as const,
          message: `${form.name} publishes port ${port.container} as ${port.host}, not as ${port.container + platform.portOffset}.`,
        })),
        ...taken.map(({ form, port }) => ({
          severity: "deny" as const,
          message: `${form.name} publishes host port ${port.host}, which another container has.`,
        })),
      ];
    },
  },
];
