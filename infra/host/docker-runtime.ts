import { containerLog, containerStarts } from "../logs/docker-logs.ts";
import { SECRETS_PATH } from "../platform/defaults.ts";
import { containerName } from "../platform/names.ts";
import type { Settings } from "../platform/settings.ts";
import { environmentContainers } from "./containers.ts";
import { docker } from "./docker.ts";
import type { Runtime } from "./runtime.ts";
import { containerUsage } from "./usage.ts";

/** Any workload that has a secret can show it; stores have their own. */
function owner(secret: string): string {
  return secret.startsWith("postgres_") ? "postgres" : secret === "grafana_admin" ? "grafana" : secret;
}

/** Secrets that only services have, whichever colour stands. */
const OF_SERVICES: Readonly<Record<string, string>> = { operator_token: "gateway", token_encryption: "user" };

async function readingOfService(environment: string, secret: string, service: string): Promise<readonly string[]> {
  const found = (await environmentContainers(environment)).find((one) => one.workload === service && one.state === "running");
  return ["exec", found?.name ?? "none", "cat", `${SECRETS_PATH}/${secret}`];
}

/** An environment on this machine's Docker engine. */
export function dockerRuntime({ environment, portOffset }: Pick<Settings, "environment" | "portOffset">): Runtime {
  const reading = (secret: string, workload: string) => ["exec", containerName(environment, undefined, workload, 1), "cat", `${SECRETS_PATH}/${secret}`];
  return {
    target: "docker",
    containers: async () => await environmentContainers(environment),
    usage: async (containers) => await containerUsage(containers.map((container) => container.name)),
    log: containerLog,
    starts: (signal) => containerStarts(environment, signal),
    async secret(name) {
      const service = OF_SERVICES[name];
      const { code, stdout } = await docker(service === undefined ? reading(name, owner(name)) : await readingOfService(environment, name, service));
      return code === 0 ? stdout.trim() : undefined;
    },
    secretBy: (name, workload) => ["docker", ...reading(name, workload)].join(" "),
    inside: (store, command) => ({ program: "docker", args: ["exec", "--interactive", containerName(environment, undefined, store, 1), ...command] }),
    localPort: (port) => Promise.resolve(port + portOffset),
    fetch,
    openedBy: () => undefined,
    close: () => undefined,
  };
}
