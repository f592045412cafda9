import type { ContainerArgs } from "@pulumi/docker";
import type { types } from "@pulumi/docker";
import type { Input } from "@pulumi/pulumi";
import type { ContainerSpec, HealthCheck, Mount } from "../platform/container.ts";
import { attemptLabel, type Attempts } from "./job.ts";

/** What a container's normal form leaves to the stack that it stands in. */
export interface Wiring {
  readonly networkName: Input<string>;
  /** Volume with this workload's secret files; absent where it has none. */
  readonly secretsVolume?: Input<string>;
  readonly attempts: Attempts;
}

const MIB = 1024 * 1024;

function healthcheck(health: HealthCheck): types.input.ContainerHealthcheck {
  return {
    tests: [...health.test],
    interval: `${health.intervalSeconds}s`,
    timeout: `${health.timeoutSeconds}s`,
    startPeriod: `${health.startPeriodSeconds}s`,
    ...(health.startIntervalSeconds === undefined ? {} : { startInterval: `${health.startIntervalSeconds}s` }),
    retries: health.retries,
  };
}

function mount(source: Mount, spec: ContainerSpec, wiring: Wiring): types.input.ContainerMount {
  switch (source.type) {
    case "volume":
      return { type: "volume", source: source.volume, target: source.target, ...(source.readOnly ? { readOnly: true } : {}) };
    case "secrets":
      if (wiring.secretsVolume === undefined) throw new Error(`${spec.name} mounts secrets and got no volume with them`);
      return { type: "volume", source: wiring.secretsVolume, target: source.target, readOnly: true };
    case "tmpfs":
      return { type: "tmpfs", target: source.target, tmpfsOptions: { sizeBytes: source.sizeBytes } };
    case "bind":
      return { type: "bind", source: source.source, target: source.target, readOnly: source.readOnly };
  }
}

/** `KEY=value` or label entries in a fixed order, so that two runs never differ. */
function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Arguments of the Docker provider for one container in its normal form; nothing is left to a default of Docker. */
export function containerArgs(spec: ContainerSpec, wiring: Wiring): ContainerArgs {
  return {
    name: spec.name,
    image: spec.image,
    ...(spec.command ? { command: [...spec.command] } : {}),
    envs: sorted(spec.environment).map(([key, value]) => `${key}=${value}`),
    labels: [
      ...sorted(spec.labels).map(([label, value]) => ({ label, value })),
      ...attemptLabel(wiring.attempts, spec.name),
    ],
    user: spec.user,
    ...(spec.groups ? { groupAdds: spec.groups.map(String) } : {}),
    readOnly: spec.readOnlyRoot,
    capabilities: { drops: [...spec.capabilitiesDropped] },
    securityOpts: ["no-new-privileges:true"],
    mounts: spec.mounts.map((source) => mount(source, spec, wiring)),
    memory: spec.memoryBytes / MIB,
    // Equal to the memory limit: no swap, and no difference at the next preview.
    memorySwap: spec.memoryBytes / MIB,
    cpus: String(spec.cpus),
    ...(spec.cpuShares === undefined ? {} : { cpuShares: spec.cpuShares }),
    ...(spec.health ? { healthcheck: healthcheck(spec.health) } : {}),
    restart: spec.restart,
    stopSignal: spec.stop.signal,
    stopTimeout: spec.stop.graceSeconds,
    // Without it the provider ends a container with SIGKILL.
    destroyGraceSeconds: spec.stop.graceSeconds,
    logDriver: spec.log.driver,
    logOpts: { "max-size": spec.log.maxSize, "max-file": String(spec.log.maxFiles) },
    networksAdvanced: [{ name: wiring.networkName, aliases: [...spec.network.aliases] }],
    ports: spec.ports.map((port) => ({
      internal: port.container,
      external: port.host,
      ip: port.hostIp,
      protocol: "tcp",
    })),
    // A job is waited for, and may have ended; everything else has to run. Whether it can take work is asked by those
    // who need it: waiting for Docker's "healthy" would wait for its next probe.
    ...(spec.oneShot ? { mustRun: false, attach: true, logs: true } : { mustRun: true }),
    wait: false,
  };
}
