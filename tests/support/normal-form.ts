import type { ComposeFile, ComposeMount, ComposeService } from "../../infra/compose/compose-file.ts";
import type { ContainerSpec, HealthCheck, PublishedPort } from "../../infra/platform/container.ts";
import { SECRETS_PATH } from "../../infra/platform/defaults.ts";

/**
 * What both Docker ways are compared in: the container as the engine will get it. What only orders a deployment
 * (`dependsOn`, `oneShot`) is no part of a container, and each way has its own source of secret files.
 */
export type NormalForm = Omit<ContainerSpec, "mounts" | "dependsOn" | "oneShot" | "workload"> & {
  readonly mounts: readonly NormalMount[];
};

export type NormalMount =
  | { readonly type: "volume"; readonly volume: string; readonly target: string }
  | { readonly type: "secrets"; readonly target: string }
  | { readonly type: "tmpfs"; readonly target: string; readonly sizeBytes: number }
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly readOnly: true };

/** Normal form of what the model declares. */
export function fromSpec(spec: ContainerSpec): NormalForm {
  return {
    name: spec.name,
    image: spec.image,
    ...(spec.command ? { command: spec.command } : {}),
    environment: spec.environment,
    labels: spec.labels,
    user: spec.user,
    ...(spec.groups ? { groups: spec.groups } : {}),
    readOnlyRoot: spec.readOnlyRoot,
    capabilitiesDropped: spec.capabilitiesDropped,
    noNewPrivileges: spec.noNewPrivileges,
    mounts: spec.mounts.map((mount) => (mount.type === "secrets" ? { type: "secrets", target: mount.target } : mount)),
    memoryBytes: spec.memoryBytes,
    cpus: spec.cpus,
    ...(spec.health ? { health: spec.health } : {}),
    restart: spec.restart,
    stop: spec.stop,
    log: spec.log,
    network: spec.network,
    ports: spec.ports,
  };
}

function seconds(text: string): number {
  const match = /^(\d+)s$/.exec(text);
  if (match?.[1] === undefined) throw new Error(`"${text}" is no number of seconds`);
  return Number(match[1]);
}

/** Compose reads `$$` as one dollar; a single one would be a variable. */
function plain(text: string): string {
  if (/(^|[^$])\$([^$]|$)/.test(text)) throw new Error(`"${text}" holds a dollar that compose would replace`);
  return text.replaceAll("$$", "$");
}

function plainValues(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));
}

function mount(source: ComposeMount, file: ComposeFile): NormalMount {
  switch (source.type) {
    case "bind":
      if (source.target === SECRETS_PATH) return { type: "secrets", target: source.target };
      return { type: "bind", source: plain(source.source), target: source.target, readOnly: source.read_only };
    case "tmpfs":
      return { type: "tmpfs", target: source.target, sizeBytes: source.tmpfs.size };
    case "volume": {
      const declared = file.volumes?.[source.source];
      if (declared === undefined) throw new Error(`volume "${source.source}" is not declared`);
      return { type: "volume", volume: declared.name, target: source.target };
    }
  }
}

function health(service: ComposeService): { health?: HealthCheck } {
  const check = service.healthcheck;
  if (check === undefined) return {};
  return {
    health: {
      test: check.test.map(plain),
      intervalSeconds: seconds(check.interval),
      timeoutSeconds: seconds(check.timeout),
      startPeriodSeconds: seconds(check.start_period),
      ...(check.start_interval === undefined ? {} : { startIntervalSeconds: seconds(check.start_interval) }),
      retries: check.retries,
    },
  };
}

function port(text: string): PublishedPort {
  const [hostIp, host, container] = text.split(":");
  if (hostIp !== "127.0.0.1" && hostIp !== "0.0.0.0") throw new Error(`port "${text}" names no address that we bind`);
  return { hostIp, host: Number(host), container: Number(container) };
}

function onlyOne<T>(values: readonly T[], what: string): T {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new Error(`expected exactly one ${what}, got ${values.length}`);
  return value;
}

/** Normal form of a service in a compose file. @throws Error for anything that the normal form cannot say. */
export function fromComposeService(name: string, file: ComposeFile): NormalForm {
  const service = file.services[name];
  if (service === undefined) throw new Error(`there is no service "${name}"`);
  const [networkKey, network] = onlyOne(Object.entries(service.networks), "network");
  if (service.security_opt.join() !== "no-new-privileges:true") throw new Error("unknown security options");
  if (service.cap_drop.join() !== "ALL") throw new Error("capabilities are not dropped");
  if (service.memswap_limit !== service.mem_limit) throw new Error("swap is not off");
  if (service.logging.driver !== "json-file") throw new Error(`log driver ${service.logging.driver}`);
  return {
    name: service.container_name,
    image: service.image,
    ...(service.command ? { command: service.command.map(plain) } : {}),
    environment: plainValues(service.environment),
    labels: plainValues(service.labels),
    user: service.user,
    ...(service.group_add ? { groups: service.group_add.map(Number) } : {}),
    readOnlyRoot: service.read_only,
    capabilitiesDropped: ["ALL"],
    noNewPrivileges: true,
    mounts: service.volumes.map((source) => mount(source, file)),
    memoryBytes: service.mem_limit,
    cpus: service.cpus,
    ...health(service),
    restart: service.restart,
    stop: { signal: service.stop_signal, graceSeconds: seconds(service.stop_grace_period) },
    log: {
      driver: "json-file",
      maxSize: service.logging.options["max-size"] ?? "",
      maxFiles: Number(service.logging.options["max-file"]),
    },
    network: { name: file.networks[networkKey]?.name ?? "", aliases: network.aliases },
    ports: service.ports.map(port),
  };
}
