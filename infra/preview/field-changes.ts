import type { ContainerForm, FormMount } from "../platform/container-form.ts";
import { LABELS } from "../platform/labels.ts";
import { isSecretName, secretKind } from "../policy/secret-looking.ts";

/** One field of a container that differs. Absent: it has no such field. */
export interface FieldChange {
  /** `image`, `environment ASTRA_MODE`, `mount /data`, `port 8000` ... */
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

const MIB = 1024 * 1024;

function bytes(value: number): string {
  if (value < 0) return "unlimited";
  return value % MIB === 0 ? `${value / MIB} MiB` : `${value} bytes`;
}

function describeMount(mount: FormMount): string {
  switch (mount.type) {
    case "volume":
      return `volume ${mount.volume}${mount.readOnly ? ", read-only" : ""}`;
    case "secrets":
      return "secret files";
    case "tmpfs":
      return `tmpfs of ${bytes(mount.sizeBytes)}`;
    case "bind":
      return `${mount.source} of the host${mount.readOnly ? ", read-only" : ""}`;
  }
}

function described(health: ContainerForm["health"]): Record<string, string> {
  if (health === undefined) return {};
  return {
    "health check": health.test.join(" "),
    "health check interval": `${health.intervalSeconds} s`,
    "health check timeout": `${health.timeoutSeconds} s`,
    "health check start period": `${health.startPeriodSeconds} s`,
    ...(health.startIntervalSeconds === undefined ? {} : { "health check start interval": `${health.startIntervalSeconds} s` }),
    "health check retries": String(health.retries),
  };
}

function prefixed(prefix: string, record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix} ${key}`, value]));
}

/** Every field of a container with its value in words; the same container gives the same, in whatever order it was told. */
export function fieldsOf(form: ContainerForm): Readonly<Record<string, string>> {
  const labels = Object.fromEntries(
    // The hash says that something differs, and the fields say what.
    Object.entries(form.labels).filter(([label]) => label.startsWith("astratrade.") && label !== LABELS.spec),
  );
  return {
    image: form.image,
    ...(form.command ? { command: form.command.join(" ") } : {}),
    ...prefixed("environment", form.environment),
    ...prefixed("label", labels),
    user: form.user,
    ...(form.groups && form.groups.length > 0 ? { groups: form.groups.join(", ") } : {}),
    "root file system": form.readOnlyRoot ? "read-only" : "writable",
    privileged: form.privileged ? "yes" : "no",
    "capabilities added": [...form.capabilitiesAdded].sort().join(", ") || "none",
    "capabilities dropped": [...form.capabilitiesDropped].sort().join(", ") || "none",
    "no new privileges": form.noNewPrivileges ? "yes" : "no",
    ...Object.fromEntries(form.mounts.map((mount) => [`mount ${mount.target}`, describeMount(mount)])),
    memory: form.memoryBytes === 0 ? "unlimited" : bytes(form.memoryBytes),
    swap: bytes(form.swapBytes),
    cpus: form.cpus === 0 ? "unlimited" : String(form.cpus),
    "cpu shares": String(form.cpuShares),
    ...described(form.health),
    restart: form.restart,
    "stop signal": form.stop.signal,
    "stop grace period": `${form.stop.graceSeconds} s`,
    log: `${form.log.driver}, ${form.log.maxFiles} x ${form.log.maxSize || "without end"}`,
    ...Object.fromEntries(form.networks.map(({ name, aliases }) => [`network ${name}`, `as ${[...aliases].sort().join(", ")}`])),
    ...Object.fromEntries(
      form.ports.map((port) => [
        `port ${port.container}${port.protocol === "tcp" ? "" : `/${port.protocol}`}`,
        `${port.hostIp === "" ? "every address" : port.hostIp}:${port.host}`,
      ]),
    ),
  };
}

/** A value as it may be shown: on a screen, in a comment of a pull request. */
function shown(field: string, value: string): string {
  const variable = /^environment (.+)$/.exec(field)?.[1];
  const isSecret = secretKind(value) !== undefined || (variable !== undefined && isSecretName(variable, value));
  return isSecret ? "(looks like a secret, not shown)" : value;
}

/** What differs between two states of one container, in the order of its fields. */
export function changedFields(before: ContainerForm, after: ContainerForm): readonly FieldChange[] {
  const from = fieldsOf(before);
  const to = fieldsOf(after);
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((field) => {
    const [old, next] = [from[field], to[field]];
    if (old === next) return [];
    return [{ field, ...(old === undefined ? {} : { from: shown(field, old) }), ...(next === undefined ? {} : { to: shown(field, next) }) }];
  });
}
