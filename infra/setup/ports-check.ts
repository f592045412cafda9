import { createServer } from "node:net";
import { allContainers, type Container } from "../host/containers.ts";
import { isListenedOn, portOwner } from "../host/port-owner.ts";
import type { PublishedPort } from "../platform/container.ts";
import { bad, good, type Check } from "./check.ts";

const NAME = "ports";

/** A port can be listened on, now. */
async function isFree(port: PublishedPort): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port: port.host, host: port.hostIp, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Linux gives outgoing connections ports from here on, unless it is told otherwise. */
const FIRST_OUTGOING = 32_768;

/** Who has a port: a container by its name, else a process, else a connection that goes out from it. */
export function ownerOf(
  port: number,
  containers: readonly Container[],
  processOf: (port: number) => string | undefined = portOwner,
  isListened: (port: number) => boolean = isListenedOn,
): string {
  const container = containers.find((candidate) => candidate.hostPorts.includes(port));
  if (container) return `container ${container.name}`;
  const process = processOf(port);
  if (process !== undefined) return process;
  if (port < FIRST_OUTGOING || isListened(port)) return "a process of another user";
  return `a connection that goes out from it (from ${FIRST_OUTGOING} on any port may be; try again, or take a smaller portOffset)`;
}

/** Every host port of the environment is free, or taken by the environment itself. */
export const portsCheck: Check = {
  name: NAME,
  async run({ environment, ports }) {
    const running = await allContainers();
    const own = new Set(running.filter((c) => c.environment === environment).flatMap((c) => c.hostPorts));
    const taken: string[] = [];
    for (const port of ports)
      if (!own.has(port.host) && !(await isFree(port))) taken.push(`${port.host} by ${ownerOf(port.host, running)}`);
    if (taken.length > 0)
      return bad(
        NAME,
        `taken: ${taken.join(", ")}`,
        "stop the owner, or move the platform: ./astra up --config portOffset=10000",
      );
    return good(NAME, ports.length === 0 ? "none needed" : `${ports.length} free or our own`);
  },
};
