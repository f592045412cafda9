import { type ContainerForm, type FormMount, volumeMount } from "../platform/container-form.ts";
import type { HealthCheck } from "../platform/container.ts";
import { DEFAULT_CPU_SHARES, SECRETS_PATH } from "../platform/defaults.ts";
import { LABELS } from "../platform/labels.ts";

/** The fields of `docker container inspect` that make up a form. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Config: {
    readonly Image: string;
    readonly User: string;
    readonly Env: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Healthcheck?: InspectedHealth | null;
    readonly StopSignal?: string;
    readonly StopTimeout?: number | null;
  };
  readonly HostConfig: {
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly NanoCpus: number;
    /** 0: the engine's own. */
    readonly CpuShares?: number;
    readonly ReadonlyRootfs: boolean;
    readonly Privileged: boolean;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly GroupAdd: readonly string[] | null;
    readonly NetworkMode: string;
    readonly RestartPolicy: { readonly Name: string };
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> | null };
    readonly Mounts?: readonly { readonly Type: string; readonly Target: string; readonly TmpfsOptions?: { readonly SizeBytes?: number } | null }[] | null;
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>> | null;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly Aliases: readonly string[] | null }>> | null };
}

interface InspectedHealth {
  readonly Test?: readonly string[] | null;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/** What an image brings along, which a container shows as its own. */
export interface ImageDefaults {
  readonly Env: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
}

const NS = 1_000_000_000;
/** What Docker waits before it kills, where nothing else is said. */
const DOCKER_GRACE_SECONDS = 10;

function mount(source: InspectedContainer["Mounts"][number], container: InspectedContainer): FormMount {
  const target = source.Destination;
  if (source.Type === "tmpfs") {
    const asked = container.HostConfig.Mounts?.find((candidate) => candidate.Target === target);
    return { type: "tmpfs", target, sizeBytes: asked?.TmpfsOptions?.SizeBytes ?? 0 };
  }
  // A folder under Compose, a small volume under Pulumi.
  if (target === SECRETS_PATH && !source.RW) return { type: "secrets", target };
  if (source.Type === "bind") return { type: "bind", source: source.Source, target, readOnly: !source.RW };
  return volumeMount(source.Name ?? "", target, !source.RW);
}

function health(check: InspectedHealth | null | undefined): { health?: HealthCheck } {
  if (!check?.Test || check.Test[0] === "NONE") return {};
  return {
    health: {
      test: check.Test,
      intervalSeconds: (check.Interval ?? 0) / NS,
      timeoutSeconds: (check.Timeout ?? 0) / NS,
      startPeriodSeconds: (check.StartPeriod ?? 0) / NS,
      ...(check.StartInterval ? { startIntervalSeconds: check.StartInterval / NS } : {}),
      retries: check.Retries ?? 0,
    },
  };
}

function ports(container: InspectedContainer): ContainerForm["ports"] {
  return Object.entries(container.HostConfig.PortBindings ?? {}).flatMap(([key, bindings]) => {
    const [inside, protocol = "tcp"] = key.split("/");
    return (bindings ?? []).map((binding) => ({
      container: Number(inside),
      host: Number(binding.HostPort),
      hostIp: binding.HostIp,
      protocol,
    }));
  });
}

/** Aliases but for those that Docker and Compose give by themselves. */
function aliases(container: InspectedContainer, all: readonly string[] | null): readonly string[] {
  const name = container.Name.replace(/^\//, "");
  return (all ?? []).filter((alias) => alias !== name && !container.Id.startsWith(alias));
}

function environment(container: InspectedContainer, image: ImageDefaults | undefined): Record<string, string> {
  const inherited = new Set(image?.Env ?? []);
  const own = (container.Config.Env ?? []).filter((entry) => !inherited.has(entry));
  return Object.fromEntries(own.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
}

function sharesOf(shares: number | undefined): number {
  return shares === undefined || shares === 0 ? DEFAULT_CPU_SHARES : shares;
}

function swapBytes({ Memory, MemorySwap }: InspectedContainer["HostConfig"]): number {
  if (MemorySwap === 0) return Memory;
  return MemorySwap < 0 ? -1 : MemorySwap - Memory;
}

/**
 * Reads what the engine says of a container back into the words of the normal form. What its image brings along is
 * left out, as the normal form does; where the image has gone, that counts as the container's own. Docker does not tell
 * which secrets the mounted files are.
 */
export function fromInspect(container: InspectedContainer, image?: ImageDefaults): ContainerForm {
  const { Config, HostConfig } = container;
  const labels = Object.fromEntries(Object.entries(Config.Labels ?? {}).filter(([label]) => label.startsWith("astratrade.")));
  const command = JSON.stringify(Config.Cmd) === JSON.stringify(image?.Cmd ?? null) ? undefined : Config.Cmd;
  const networks = Object.entries(container.NetworkSettings.Networks ?? {});
  return {
    name: container.Name.replace(/^\//, ""),
    workload: labels[LABELS.workload] ?? "",
    image: Config.Image,
    ...(command ? { command } : {}),
    environment: environment(container, image),
    labels,
    user: Config.User,
    ...(HostConfig.GroupAdd && HostConfig.GroupAdd.length > 0 ? { groups: HostConfig.GroupAdd.map(Number) } : {}),
    readOnlyRoot: HostConfig.ReadonlyRootfs,
    privileged: HostConfig.Privileged,
    capabilitiesAdded: HostConfig.CapAdd ?? [],
    capabilitiesDropped: HostConfig.CapDrop ?? [],
    noNewPrivileges: (HostConfig.SecurityOpt ?? []).some((option) => /^no-new-privileges([:=]true)?$/.test(option)),
    mounts: container.Mounts.map((source) => mount(source, container)),
    memoryBytes: HostConfig.Memory,
    swapBytes: swapBytes(HostConfig),
    cpus: HostConfig.NanoCpus / NS,
    cpuShares: sharesOf(HostConfig.CpuShares),
    ...health(Config.Healthcheck),
    restart: HostConfig.RestartPolicy.Name === "" ? "no" : HostConfig.RestartPolicy.Name,
    stop: { signal: Config.StopSignal ?? "", graceSeconds: Config.StopTimeout ?? DOCKER_GRACE_SECONDS },
    log: {
      driver: HostConfig.LogConfig.Type,
      maxSize: HostConfig.LogConfig.Config?.["max-size"] ?? "",
      maxFiles: Number(HostConfig.LogConfig.Config?.["max-file"] ?? 0),
    },
    networks:
      networks.length > 0
        ? networks.map(([name, { Aliases }]) => ({ name, aliases: aliases(container, Aliases) }))
        : [{ name: HostConfig.NetworkMode, aliases: [] }],
    ports: ports(container),
  };
}
