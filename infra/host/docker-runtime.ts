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

/** The gateways have it, whichever colour stands. */
const OPERATOR_TOKEN = "operator_token";

async function readingOfGateway(environment: string): Promise<readonly string[]> {
  const gateway = (await environmentContainers(environment)).find((one) => one.workload === "gateway" && one.state === "running");
  return ["exec", gateway?.name ?? "none", "cat", `${SECRETS_PATH}/${OPERATOR_TOKEN}`];
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
      const { code, stdout } = await docker(name === OPERATOR_TOKEN ? await readingOfGateway(environment) : reading(name, owner(name)));
      return code === 0 ? stdout.trim() : undefined;
    },
    secretBy: (name, workload) => ["docker", ...reading(name, workload)].join(" "),
    localPort: (port) => Promise.resolve(port + portOffset),
    fetch,
    openedBy: () => undefined,
    close: () => undefined,
  };
}
