import type { ContainerArgs, types } from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { type ContainerForm, type FormMount, volumeMount } from "../platform/container-form.ts";
import type { HealthCheck } from "../platform/container.ts";
import { DEFAULT_CPU_SHARES, SECRETS_PATH } from "../platform/defaults.ts";
import { LABELS } from "../platform/labels.ts";

/** Values instead of inputs, all the way down. */
type Plain<T> = T extends pulumi.Input<infer V>
  ? V extends (infer E)[]
    ? Plain<E>[]
    : V extends object
      ? { [K in keyof V]: Plain<V[K]> }
      : V
  : T;

type DockerInputs = { [K in keyof ContainerArgs]: Plain<ContainerArgs[K]> };

/** What a value is that the engine does not know yet, in a preview. */
export const UNKNOWN = "(known after the deployment)";

const MIB = 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as the provider takes it: `30s`, `1m30s`, `500ms`. */
function seconds(text: string | undefined): number {
  return [...(text ?? "").matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
}

function mount(source: Plain<types.input.ContainerMount>): FormMount {
  const { target } = source;
  if (source.type === "tmpfs") return { type: "tmpfs", target, sizeBytes: source.tmpfsOptions?.sizeBytes ?? 0 };
  if (source.type === "bind") return { type: "bind", source: source.source ?? UNKNOWN, target, readOnly: source.readOnly ?? false };
  if (target === SECRETS_PATH && source.readOnly === true) return { type: "secrets", target };
  return volumeMount(source.source ?? UNKNOWN, target, source.readOnly === true);
}

/** The older way to say what is mounted. */
function volume(source: Plain<types.input.ContainerVolume>): FormMount {
  const target = source.containerPath ?? "";
  if (source.hostPath !== undefined) return { type: "bind", source: source.hostPath, target, readOnly: source.readOnly ?? false };
  return volumeMount(source.volumeName ?? "", target, source.readOnly === true);
}

function health(check: Plain<types.input.ContainerHealthcheck> | undefined): { health?: HealthCheck } {
  if (check?.tests === undefined || check.tests[0] === "NONE") return {};
  const startIntervalSeconds = seconds(check.startInterval);
  return {
    health: {
      test: check.tests,
      intervalSeconds: seconds(check.interval),
      timeoutSeconds: seconds(check.timeout),
      startPeriodSeconds: seconds(check.startPeriod),
      // The provider writes 0 where none was given.
      ...(startIntervalSeconds > 0 ? { startIntervalSeconds } : {}),
      retries: check.retries ?? 0,
    },
  };
}

/** The shorter of what `docker stop` gives and what the provider gives before it kills. */
function graceSeconds(inputs: DockerInputs): number {
  return Math.min(inputs.stopTimeout ?? 0, inputs.destroyGraceSeconds ?? 0);
}

function swapBytes({ memory, memorySwap }: DockerInputs): number {
  // As Docker has it: not given, it is as much again as the memory.
  if (memorySwap === undefined || memorySwap === 0) return (memory ?? 0) * MIB;
  return memorySwap < 0 ? -1 : (memorySwap - (memory ?? 0)) * MIB;
}

function networks(inputs: DockerInputs): ContainerForm["networks"] {
  const named = (inputs.networksAdvanced ?? []).map(({ name, aliases }) => ({ name: name ?? UNKNOWN, aliases: aliases ?? [] }));
  return named.length > 0 ? named : [{ name: inputs.networkMode ?? "bridge", aliases: [] }];
}

/** Environment that is given as `KEY=value`. */
export function environmentOf(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [key = "", ...rest] = entry.split("=");
      return [key, rest.join("=")];
    }),
  );
}

/** Reads what Pulumi's Docker provider gets for a container: of a program, of a preview, of a state. */
export function fromDockerInputs(raw: Readonly<Record<string, unknown>>): ContainerForm {
  const inputs = raw as DockerInputs;
  const labels = Object.fromEntries((inputs.labels ?? []).map(({ label, value }) => [label, value]));
  return {
    name: inputs.name ?? "",
    workload: labels[LABELS.workload] ?? "",
    image: inputs.image ?? UNKNOWN,
    ...(inputs.command === undefined ? {} : { command: inputs.command }),
    environment: environmentOf(inputs.envs ?? []),
    labels,
    user: inputs.user ?? "",
    ...(inputs.groupAdds === undefined ? {} : { groups: inputs.groupAdds.map(Number) }),
    readOnlyRoot: inputs.readOnly ?? false,
    privileged: inputs.privileged ?? false,
    capabilitiesAdded: inputs.capabilities?.adds ?? [],
    capabilitiesDropped: inputs.capabilities?.drops ?? [],
    noNewPrivileges: (inputs.securityOpts ?? []).some((option) => /^no-new-privileges([:=]true)?$/.test(option)),
    mounts: [...(inputs.mounts ?? []).map(mount), ...(inputs.volumes ?? []).map(volume)],
    memoryBytes: (inputs.memory ?? 0) * MIB,
    swapBytes: swapBytes(inputs),
    cpus: Number(inputs.cpus ?? 0),
    cpuShares: inputs.cpuShares ?? DEFAULT_CPU_SHARES,
    ...health(inputs.healthcheck),
    restart: inputs.restart ?? "no",
    stop: { signal: inputs.stopSignal ?? "", graceSeconds: graceSeconds(inputs) },
    log: {
      driver: inputs.logDriver ?? "",
      maxSize: inputs.logOpts?.["max-size"] ?? "",
      maxFiles: Number(inputs.logOpts?.["max-file"] ?? 0),
    },
    networks: networks(inputs),
    ports: (inputs.ports ?? []).map((port) => ({
      container: port.internal,
      host: port.external ?? 0,
      hostIp: port.ip ?? "",
      protocol: port.protocol ?? "tcp",
    })),
  };
}
