import type { ContainerArgs, types } from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { HealthCheck, PublishedPort } from "../../infra/platform/container.ts";
import type { NormalForm, NormalMount } from "./normal-form.ts";

/** Values instead of inputs, all the way down. */
type Plain<T> = T extends pulumi.Input<infer V>
  ? V extends (infer E)[]
    ? Plain<E>[]
    : V extends object
      ? { [K in keyof V]: Plain<V[K]> }
      : V
  : T;

type DockerInputs = { [K in keyof ContainerArgs]: Plain<ContainerArgs[K]> };

const MIB = 1024 * 1024;

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}

function seconds(text: string | undefined, what: string): number {
  const match = /^(\d+)s$/.exec(required(text, what));
  if (match?.[1] === undefined) throw new Error(`${what}: "${text ?? ""}" is no number of seconds`);
  return Number(match[1]);
}

function mount(source: Plain<types.input.ContainerMount>): NormalMount {
  if (source.type === "tmpfs") {
    return { type: "tmpfs", target: source.target, sizeBytes: required(source.tmpfsOptions?.sizeBytes, "size of tmpfs") };
  }
  if (source.type === "bind") {
    if (source.readOnly !== true) throw new Error(`${source.source ?? ""} is bound and can be written`);
    return { type: "bind", source: required(source.source, "bound path"), target: source.target, readOnly: true };
  }
  if (source.type !== "volume") throw new Error(`a mount of type ${source.type}`);
  // Only secrets are read-only, and each workload has a volume of its own for them.
  if (source.readOnly !== true) return { type: "volume", volume: required(source.source, "volume"), target: source.target };
  if (!(source.source ?? "").endsWith("-secrets")) throw new Error(`${source.source ?? ""} is read-only and holds no secrets`);
  return { type: "secrets", target: source.target };
}

function health(check: Plain<types.input.ContainerHealthcheck> | undefined): { health?: HealthCheck } {
  if (check === undefined) return {};
  return {
    health: {
      test: required(check.tests, "health check"),
      intervalSeconds: seconds(check.interval, "interval"),
      timeoutSeconds: seconds(check.timeout, "timeout"),
      startPeriodSeconds: seconds(check.startPeriod, "start period"),
      ...(check.startInterval === undefined ? {} : { startIntervalSeconds: seconds(check.startInterval, "start interval") }),
      retries: required(check.retries, "retries"),
    },
  };
}

function port(source: Plain<types.input.ContainerPort>): PublishedPort {
  if (source.protocol !== "tcp") throw new Error(`port ${source.internal} is published for ${source.protocol ?? "nothing"}`);
  if (source.ip !== "127.0.0.1" && source.ip !== "0.0.0.0") throw new Error(`port ${source.internal} names no address that we bind`);
  return { container: source.internal, host: required(source.external, "host port"), hostIp: source.ip };
}

function environment(entries: readonly string[] | undefined): Record<string, string> {
  return Object.fromEntries((entries ?? []).map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
}

/** Normal form of a container as Pulumi's Docker provider gets it. @throws Error for anything that the normal form cannot say. */
export function fromDockerInputs(raw: Readonly<Record<string, unknown>>): NormalForm {
  const inputs = raw as DockerInputs;
  const grace = required(inputs.stopTimeout, "stop timeout");
  const [network, ...others] = inputs.networksAdvanced ?? [];
  if (network === undefined || others.length > 0) throw new Error("a container stands on exactly one network");
  if (inputs.memorySwap !== inputs.memory) throw new Error("swap is not off");
  if (inputs.destroyGraceSeconds !== grace) throw new Error("destroying does not wait for the stop");
  if (inputs.securityOpts?.join() !== "no-new-privileges:true") throw new Error("unknown security options");
  if (inputs.capabilities?.drops?.join() !== "ALL" || inputs.capabilities.adds !== undefined) throw new Error("capabilities are not dropped");
  if (inputs.logDriver !== "json-file") throw new Error(`log driver ${inputs.logDriver ?? ""}`);
  if (inputs.readOnly !== true) throw new Error("the root can be written");
  const restart = inputs.restart === "no" ? "no" : "unless-stopped";
  if (restart !== inputs.restart) throw new Error(`restart ${inputs.restart ?? ""}`);
  return {
    name: required(inputs.name, "name"),
    image: required(inputs.image, "image"),
    ...(inputs.command === undefined ? {} : { command: inputs.command }),
    environment: environment(inputs.envs),
    labels: Object.fromEntries((inputs.labels ?? []).map(({ label, value }) => [label, value])),
    user: required(inputs.user, "user"),
    ...(inputs.groupAdds === undefined ? {} : { groups: inputs.groupAdds.map(Number) }),
    readOnlyRoot: true,
    capabilitiesDropped: ["ALL"],
    noNewPrivileges: true,
    mounts: (inputs.mounts ?? []).map(mount),
    memoryBytes: required(inputs.memory, "memory") * MIB,
    cpus: Number(inputs.cpus),
    ...health(inputs.healthcheck),
    restart,
    stop: { signal: required(inputs.stopSignal, "stop signal"), graceSeconds: grace },
    log: {
      driver: "json-file",
      maxSize: required(inputs.logOpts?.["max-size"], "max-size"),
      maxFiles: Number(inputs.logOpts?.["max-file"]),
    },
    network: { name: network.name, aliases: network.aliases ?? [] },
    ports: (inputs.ports ?? []).map(port),
  };
}
