import { type ContainerForm, type FormMount, volumeMount } from "../platform/container-form.ts";
import type { HealthCheck } from "../platform/container.ts";
import { DEFAULT_CPU_SHARES, SECRETS_PATH } from "../platform/defaults.ts";
import { LABELS } from "../platform/labels.ts";
import type { ComposeFile, ComposeMount, ComposeService } from "./compose-file.ts";

/** What a compose file may lack that another version of the renderer, or a person, wrote. */
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

function seconds(text: string | undefined): number {
  return Number(/^(\d+)s$/.exec(text ?? "")?.[1] ?? 0);
}

/** Compose reads `$$` as one dollar. */
function plain(text: string): string {
  return text.replaceAll("$$", "$");
}

function plainValues(values: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, plain(String(value))]));
}

function mount(source: ComposeMount, file: Loose<ComposeFile>): FormMount {
  switch (source.type) {
    case "bind":
      if (source.target === SECRETS_PATH) return { type: "secrets", target: source.target };
      return { type: "bind", source: plain(source.source), target: source.target, readOnly: source.read_only };
    case "tmpfs":
      return { type: "tmpfs", target: source.target, sizeBytes: source.tmpfs.size };
    case "volume":
      return volumeMount(file.volumes?.[source.source]?.name ?? source.source, source.target, source.read_only === true);
  }
}

function health(check: ComposeService["healthcheck"]): { health?: HealthCheck } {
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

/** `[address:]host:container[/protocol]`. */
function port(text: string): ContainerForm["ports"][number] {
  const [address = "", protocol = "tcp"] = text.split("/");
  const parts = address.split(":");
  return {
    container: Number(parts.at(-1)),
    host: Number(parts.at(-2) ?? 0),
    hostIp: parts.slice(0, -2).join(":"),
    protocol,
  };
}

/** Reads one service of a compose file. */
export function fromComposeService(name: string, file: Loose<ComposeFile>): ContainerForm {
  const service: Loose<ComposeService> = file.services?.[name] ?? {};
  const labels = plainValues(service.labels);
  const memoryBytes = service.mem_limit ?? 0;
  return {
    name: service.container_name ?? name,
    workload: labels[LABELS.workload] ?? "",
    image: service.image ?? "",
    ...(service.command ? { command: service.command.map(plain) } : {}),
    environment: plainValues(service.environment),
    labels,
    user: service.user ?? "",
    ...(service.group_add ? { groups: service.group_add.map(Number) } : {}),
    readOnlyRoot: service.read_only ?? false,
    privileged: "privileged" in service && service.privileged === true,
    capabilitiesAdded: "cap_add" in service && Array.isArray(service.cap_add) ? service.cap_add.map(String) : [],
    capabilitiesDropped: service.cap_drop ?? [],
    noNewPrivileges: (service.security_opt ?? []).includes("no-new-privileges:true"),
    mounts: (service.volumes ?? []).map((source) => mount(source, file)),
    memoryBytes,
    swapBytes: (service.memswap_limit ?? 2 * memoryBytes) - memoryBytes,
    cpus: service.cpus ?? 0,
    cpuShares: service.cpu_shares ?? DEFAULT_CPU_SHARES,
    ...health(service.healthcheck),
    restart: service.restart ?? "no",
    stop: { signal: service.stop_signal ?? "", graceSeconds: seconds(service.stop_grace_period) },
    log: {
      driver: service.logging?.driver ?? "",
      maxSize: service.logging?.options["max-size"] ?? "",
      maxFiles: Number(service.logging?.options["max-file"] ?? 0),
    },
    networks: Object.entries(service.networks ?? {}).map(([key, network]) => ({
      name: file.networks?.[key]?.name ?? key,
      aliases: network.aliases,
    })),
    ports: (service.ports ?? []).map(port),
  };
}

/** Every container of a compose file. */
export function fromComposeFile(file: Loose<ComposeFile>): readonly ContainerForm[] {
  return Object.keys(file.services ?? {}).map((name) => fromComposeService(name, file));
}
