import { LABELS } from "../platform/labels.ts";
import type { Colour } from "../platform/workload.ts";
import { docker, dockerOrFail } from "./docker.ts";
import { UserError } from "./user-error.ts";

/** What the engine says of one of our containers. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  readonly workload: string;
  /** Absent: it belongs to the foundation. */
  readonly colour?: Colour;
  readonly version: string;
  /** Hash of the normal form that it was made from. */
  readonly spec: string;
  readonly image: string;
  readonly state: string;
  /** `none` where it has no health check. */
  readonly health: string;
  readonly exitCode: number;
  readonly restarts: number;
  readonly startedAt: string;
  /** Host ports that it has taken. */
  readonly hostPorts: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The fields of `docker inspect` that we read. */
interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> | null };
  readonly HostConfig: {
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
}

function container(inspected: Inspected): Container {
  const labels = inspected.Config.Labels ?? {};
  const colour = labels[LABELS.colour];
  return {
    id: inspected.Id,
    name: inspected.Name.replace(/^\//, ""),
    environment: labels[LABELS.environment] ?? "",
    workload: labels[LABELS.workload] ?? "",
    ...(colour === "blue" || colour === "green" ? { colour } : {}),
    version: labels[LABELS.version] ?? "",
    spec: labels[LABELS.spec] ?? "",
    image: inspected.Config.Image,
    state: inspected.State.Status,
    health: inspected.State.Health?.Status ?? "none",
    exitCode: inspected.State.ExitCode,
    restarts: inspected.RestartCount,
    startedAt: inspected.State.StartedAt,
    hostPorts: Object.values(inspected.HostConfig.PortBindings ?? {}).flatMap((bindings) =>
      (bindings ?? []).map((binding) => Number(binding.HostPort)),
    ),
    labels,
  };
}

/** Containers with these names or ids; those that are not there are left out. */
export async function inspectContainers(names: readonly string[]): Promise<readonly Container[]> {
  if (names.length === 0) return [];
  // Exits with 1 when one is missing, and prints the others all the same.
  const result = await docker(["container", "inspect", ...names]);
  try {
    return (JSON.parse(result.stdout) as readonly Inspected[]).map(container);
  } catch (cause) {
    throw new UserError(`docker cannot inspect containers: ${result.stderr.trim()}`, { cause });
  }
}

/** Every container of an environment, running or not, whatever made it. */
export async function environmentContainers(environment: string): Promise<readonly Container[]> {
  const ids = await dockerOrFail(["ps", "--all", "--quiet", "--filter", `label=${LABELS.environment}=${environment}`]);
  return await inspectContainers(ids.split("\n").filter((id) => id !== ""));
}

/** Every container on the machine, ours or not: to name the owner of a port. */
export async function allContainers(): Promise<readonly Container[]> {
  const ids = await dockerOrFail(["ps", "--quiet"]);
  return await inspectContainers(ids.split("\n").filter((id) => id !== ""));
}

/** Characters of a log line that a person is shown: the rest is in the log. */
const LONGEST_LINE = 500;

/** Last lines of a container's log, both outputs. */
export async function lastLogLines(name: string, lines: number): Promise<string> {
  const result = await docker(["logs", "--tail", String(lines), name]);
  const all = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  return all.map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} ...` : line)).join("\n");
}

/** Exit code of a container's last end within ten minutes; undefined when it has not ended since. */
export async function lastExitCode(name: string): Promise<number | undefined> {
  const filters = ["--filter", `container=${name}`, "--filter", "event=die"];
  const format = ["--format", "{{.Actor.Attributes.exitCode}}"];
  // To the millisecond: a duration like `0s` means the last whole second, and what has ended since then would be missing.
  const until = (Date.now() / 1000).toFixed(3);
  const result = await docker(["events", "--since", "10m", "--until", until, ...filters, ...format]);
  const last = result.stdout.trim().split("\n").at(-1) ?? "";
  return /^\d+$/.test(last) ? Number(last) : undefined;
}
