import { stringify } from "yaml";
import type { ContainerSpec, HealthCheck, Mount } from "../platform/container.ts";
import type { ComposeFile, ComposeHealthCheck, ComposeMount, ComposeService } from "./compose-file.ts";

/** Host folder with the secret files of one container; bound to `/run/secrets`. */
export type SecretsFolderOf = (spec: ContainerSpec) => string;

const NETWORK = "platform";

/** Compose replaces `$NAME` in every value; a doubled dollar stays one. */
function literal(value: string): string {
  return value.replaceAll("$", "$$$$");
}

function literals(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, literal(value)]));
}

function mount(source: Mount, spec: ContainerSpec, secretsFolderOf: SecretsFolderOf): ComposeMount {
  switch (source.type) {
    case "volume":
      return { type: "volume", source: source.volume, target: source.target, ...(source.readOnly ? { read_only: true } : {}) };
    case "secrets":
      return { type: "bind", source: literal(secretsFolderOf(spec)), target: source.target, read_only: true };
    case "tmpfs":
      return { type: "tmpfs", target: source.target, tmpfs: { size: source.sizeBytes } };
    case "bind":
      return { type: "bind", source: literal(source.source), target: source.target, read_only: source.readOnly };
  }
}

function healthCheck(health: HealthCheck): ComposeHealthCheck {
  return {
    test: health.test.map(literal),
    interval: `${health.intervalSeconds}s`,
    timeout: `${health.timeoutSeconds}s`,
    start_period: `${health.startPeriodSeconds}s`,
    ...(health.startIntervalSeconds === undefined ? {} : { start_interval: `${health.startIntervalSeconds}s` }),
    retries: health.retries,
  };
}

/** Containers of the workloads that this one starts after. Jobs have to end well first. */
function dependencies(spec: ContainerSpec, all: readonly ContainerSpec[]): Pick<ComposeService, "depends_on"> {
  const before = all.filter((other) => spec.dependsOn.includes(other.workload));
  if (before.length === 0) return {};
  return {
    depends_on: Object.fromEntries(
      before.map((other) => [
        other.name,
        { condition: other.oneShot ? ("service_completed_successfully" as const) : ("service_started" as const) },
      ]),
    ),
  };
}

/** Writes one container as a compose service. */
export function composeService(
  spec: ContainerSpec,
  all: readonly ContainerSpec[],
  secretsFolderOf: SecretsFolderOf,
): ComposeService {
  return {
    image: spec.image,
    container_name: spec.name,
    ...(spec.command ? { command: spec.command.map(literal) } : {}),
    environment: literals(spec.environment),
    labels: literals(spec.labels),
    user: spec.user,
    ...(spec.groups ? { group_add: spec.groups.map(String) } : {}),
    read_only: spec.readOnlyRoot,
    cap_drop: spec.capabilitiesDropped,
    security_opt: ["no-new-privileges:true"],
    volumes: spec.mounts.map((source) => mount(source, spec, secretsFolderOf)),
    mem_limit: spec.memoryBytes,
    // Equal to the memory limit: no swap.
    memswap_limit: spec.memoryBytes,
    cpus: spec.cpus,
    ...(spec.cpuShares === undefined ? {} : { cpu_shares: spec.cpuShares }),
    ...(spec.health ? { healthcheck: healthCheck(spec.health) } : {}),
    restart: spec.restart,
    stop_signal: spec.stop.signal,
    stop_grace_period: `${spec.stop.graceSeconds}s`,
    logging: {
      driver: spec.log.driver,
      options: { "max-size": spec.log.maxSize, "max-file": String(spec.log.maxFiles) },
    },
    networks: { [NETWORK]: { aliases: spec.network.aliases } },
    ports: spec.ports.map((port) => `${port.hostIp}:${port.host}:${port.container}`),
    ...dependencies(spec, all),
  };
}

/** Names of the volumes that these containers mount, each once. */
export function volumesOf(containers: readonly ContainerSpec[]): readonly string[] {
  return [...new Set(containers.flatMap((spec) => spec.mounts.flatMap((m) => (m.type === "volume" ? [m.volume] : []))))];
}

/**
 * Renders one stack as a compose file. A service is named like its container, because compose adds the service's name
 * as an alias on the network, and `gateway` would then mean both colours. Network and volumes belong to the
 * environment, not to the file: they outlive it.
 * @throws Error when there is no container, or they stand on different networks.
 */
export function renderCompose(containers: readonly ContainerSpec[], secretsFolderOf: SecretsFolderOf): ComposeFile {
  const networks = [...new Set(containers.map((spec) => spec.network.name))];
  const [network] = networks;
  if (network === undefined) throw new Error("a compose file needs at least one container");
  if (networks.length > 1) throw new Error(`containers of one stack share a network, got ${networks.join(", ")}`);
  const volumes = volumesOf(containers);
  return {
    services: Object.fromEntries(
      containers.map((spec) => [spec.name, composeService(spec, containers, secretsFolderOf)]),
    ),
    networks: { [NETWORK]: { external: true, name: network } },
    ...(volumes.length > 0
      ? { volumes: Object.fromEntries(volumes.map((name) => [name, { external: true as const, name }])) }
      : {}),
  };
}

/** The compose file as text: YAML 1.1, since docker-compose 1.29 reads a bare `no` as false. */
export function composeYaml(file: ComposeFile, heading: string): string {
  return `# ${heading}\n# Written by ./astra from infra/platform: change that, not this.\n${stringify(file, { version: "1.1", lineWidth: 120, aliasDuplicateObjects: false })}`;
}
