import { existsSync } from "node:fs";
import { sep } from "node:path";
import type { Container } from "../host/containers.ts";
import { environmentFolder } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import type { EngineName } from "./engine.ts";

/** Where the compose file of a container lies; compose itself writes this label. */
const COMPOSE_FOLDER = "com.docker.compose.project.working_dir";

/**
 * An environment belongs to the checkout and the engine that deployed it: another one has other secrets and another
 * state. Containers of a checkout that is gone belong to nobody.
 * @throws UserError when these containers are somebody else's, with where they come from.
 */
export function requireOwnContainers(
  environment: string,
  engine: EngineName,
  containers: readonly Container[],
  own = environmentFolder(environment),
  exists: (folder: string) => boolean = existsSync,
): void {
  const ownFolder = (container: Container): boolean => container.labels[COMPOSE_FOLDER]?.startsWith(own + sep) === true;
  // Where this checkout's Compose has made the others, one without its label was made by hand: drift, not another engine.
  const byHand = (container: Container): boolean => engine === "compose" && !(COMPOSE_FOLDER in container.labels) && containers.some(ownFolder);
  for (const container of containers) {
    if (byHand(container)) continue;
    const folder = container.labels[COMPOSE_FOLDER];
    if (folder !== undefined && !folder.startsWith(own + sep)) {
      if (!exists(folder)) continue;
      const checkout = folder.split(`${sep}.astra${sep}`)[0] ?? folder;
      throw new UserError(
        `Environment "${environment}" was deployed from another checkout: ${checkout}\n` +
          "Work there, or deploy another one here: ./astra up --environment NAME --config portOffset=10000",
      );
    }
    if ((folder !== undefined) !== (engine === "compose"))
      throw new UserError(
        `Environment "${environment}" was not deployed by ${engine}: ${container.name} was made by ${folder === undefined ? "another engine" : "compose"}.\n` +
          `Use the engine that deployed it (--engine ${engine === "compose" ? "pulumi" : "compose"}), or take it down with that one first.`,
      );
  }
}
