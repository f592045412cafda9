import { stat } from "node:fs/promises";
import { ENGINE_SOCKET } from "../platform/defaults.ts";
import type { HostFacts } from "../platform/host-facts.ts";

/**
 * Group of the engine's socket on this machine, which a container's process has to be in to use it. None where the
 * engine is reached in another way: on another machine, or by a socket of a user's own.
 */
export async function dockerSocketFacts(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  path: string = ENGINE_SOCKET,
): Promise<Pick<HostFacts, "dockerSocketGid">> {
  const host = environment["DOCKER_HOST"] ?? "";
  if (host !== "" && host !== `unix://${path}`) return {};
  try {
    const found = await stat(path);
    return found.isSocket() ? { dockerSocketGid: found.gid } : {};
  } catch {
    return {};
  }
}
