import { createServer } from "node:net";
import { allContainers, type Container } from "../host/containers.ts";
import { portOwner } from "../host/port-owner.ts";
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

/** Who has a port: a container by its name, else a process. */
export function ownerOf(
  port: number,
  containers: readonly Container[],
  processOf: (port: number) => string | undefined = portOwner,
): string {
  const container = containers.find((candidate) => candidate.hostPorts.includes(port));
  if (container) return `container ${container.name}`;
  return processOf(port) ?? "a process of another user";
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
