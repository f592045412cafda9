import type { InspectedContainer } from "../../infra/host/from-inspect.ts";
import type { ContainerSpec, Mount } from "../../infra/platform/container.ts";
import { SECRETS_PATH } from "../../infra/platform/defaults.ts";

const NS = 1_000_000_000;

/** What every image of ours brings along. */
export const IMAGE_DEFAULTS = { Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production"], Cmd: ["node", "main.js"] };

function mount(source: Mount, spec: ContainerSpec): InspectedContainer["Mounts"][number] {
  const Destination = source.target;
  switch (source.type) {
    case "tmpfs":
      return { Type: "tmpfs", Source: "", Destination, RW: true };
    case "volume":
      return { Type: "volume", Name: source.volume, Source: `/var/lib/docker/volumes/${source.volume}/_data`, Destination, RW: source.readOnly !== true };
    case "secrets":
      return { Type: "bind", Source: `/state/secrets/${spec.workload}`, Destination: SECRETS_PATH, RW: false };
    case "bind":
      return { Type: "bind", Source: source.source, Destination, RW: false };
  }
}

/** What `docker container inspect` says of a container that Compose made from this, in the engine's own order. */
export function inspectedOf(spec: ContainerSpec): InspectedContainer {
  const Id = "0123456789abcdef".repeat(4);
  return {
    Id,
    Name: `/${spec.name}`,
    Image: "sha256:0123",
    Config: {
      Image: spec.image,
      User: spec.user,
      Env: [...Object.entries(spec.environment).map(([key, value]) => `${key}=${value}`), ...IMAGE_DEFAULTS.Env],
      Cmd: spec.command ?? IMAGE_DEFAULTS.Cmd,
      Labels: { ...spec.labels, "com.docker.compose.service": spec.name, "org.opencontainers.image.version": "1" },
      ...(spec.health
        ? {
            Healthcheck: {
              Test: spec.health.test,
              Interval: spec.health.intervalSeconds * NS,
              Timeout: spec.health.timeoutSeconds * NS,
              StartPeriod: spec.health.startPeriodSeconds * NS,
              ...(spec.health.startIntervalSeconds === undefined ? {} : { StartInterval: spec.health.startIntervalSeconds * NS }),
              Retries: spec.health.retries,
            },
          }
        : {}),
      StopSignal: spec.stop.signal,
      StopTimeout: spec.stop.graceSeconds,
    },
    HostConfig: {
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      NanoCpus: spec.cpus * NS,
      CpuShares: spec.cpuShares ?? 0,
      ReadonlyRootfs: true,
      Privileged: false,
      CapAdd: null,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      GroupAdd: spec.groups?.map(String) ?? null,
      NetworkMode: spec.network.name,
      RestartPolicy: { Name: spec.restart },
      LogConfig: { Type: spec.log.driver, Config: { "max-file": String(spec.log.maxFiles), "max-size": spec.log.maxSize } },
      Mounts: spec.mounts.flatMap((source) =>
        source.type === "tmpfs" ? [{ Type: "tmpfs", Target: source.target, TmpfsOptions: { SizeBytes: source.sizeBytes } }] : [],
      ),
      PortBindings: Object.fromEntries(
        spec.ports.map((port) => [`${port.container}/tcp`, [{ HostIp: port.hostIp, HostPort: String(port.host) }]] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    },
    Mounts: [...spec.mounts].reverse().map((source) => mount(source, spec)),
    NetworkSettings: { Networks: { [spec.network.name]: { Aliases: [spec.name, Id.slice(0, 12), ...spec.network.aliases] } } },
  };
}
