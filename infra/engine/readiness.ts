import type { Container } from "../host/containers.ts";
import { UserError } from "../host/user-error.ts";
import type { ContainerSpec } from "../platform/container.ts";
import type { Probe, Workload } from "../platform/workload.ts";

/** What the wait asks the machine; tests give their own. */
export interface ReadinessHost {
  inspect(names: readonly string[]): Promise<readonly Container[]>;
  /** Asks a container's probe once. */
  probe(container: string, probe: Probe): Promise<boolean>;
  logs(container: string, lines: number): Promise<string>;
  /** Exit code of its last end; undefined when the engine has forgotten it. */
  lastExitCode(container: string): Promise<number | undefined>;
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface ReadinessRequest {
  readonly specs: readonly ContainerSpec[];
  readonly workloads: readonly Workload[];
  /** The same containers before the deployment: their restarts from then do not count. */
  readonly before: readonly Container[];
  /** Wait for all together, in ms. */
  readonly deadlineMs: number;
  /** Called once per container, with the time since the wait began. */
  readonly onReady: (spec: ContainerSpec, elapsedMs: number) => void;
}

const POLL_MS = 400;
const LOG_LINES = 20;
/** Probes at the same time: each is a process on a machine that is busy starting containers. */
const PARALLEL_PROBES = 3;

/** How a workload is asked whether it can take work: its readiness, where it has none its liveness. */
export function readyProbe(workload: Workload | undefined): Probe | undefined {
  return workload?.ready ?? workload?.live;
}

/** Why a container will not become ready, in words that follow "it"; undefined while it still may. */
export function startFailure(container: Container | undefined, earlier: Container | undefined, oneShot: boolean): string | undefined {
  if (container === undefined) return "is not there";
  if (oneShot) return container.state === "exited" && container.exitCode !== 0 ? "ended" : undefined;
  if (container.state === "exited" || container.state === "dead") return "ended";
  const restartsBefore = earlier?.id === container.id ? earlier.restarts : 0;
  if (container.state === "restarting" || container.restarts > restartsBefore)
    return `ended and was started again ${container.restarts - restartsBefore} times`;
  return undefined;
}

/** What a person has to know of a container that does not start: why, its exit code, its last log lines. */
export async function describeFailure(host: ReadinessHost, name: string, reason: string): Promise<string> {
  // Asked of the engine's events: a container that is running again says 0.
  const code = reason.startsWith("ended") ? await host.lastExitCode(name) : undefined;
  const exit = code === undefined ? "" : `, last with exit code ${code}`;
  return `${name} does not start: it ${reason}${exit}. Its last ${LOG_LINES} log lines:\n${await host.logs(name, LOG_LINES)}`;
}

async function failed(host: ReadinessHost, names: readonly (readonly [string, string])[]): Promise<UserError> {
  const parts: string[] = [];
  for (const [name, reason] of names) parts.push(await describeFailure(host, name, reason));
  return new UserError(`${parts.join("\n\n")}\n\nWhen the cause is gone, \`./astra up\` finishes the job.`);
}

/** Runs `work` over the items, a few at a time. */
async function inParallel<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

/**
 * Waits until every container can take work, and every one-shot job has ended well. It asks the probes itself instead
 * of waiting for Docker's first health check, and it sees a container that dies within a second or two.
 * @throws UserError with the exit code and the last log lines of what failed, or with what is late.
 */
export async function waitUntilReady(request: ReadinessRequest, host: ReadinessHost): Promise<void> {
  const started = host.now();
  const pending = new Map(request.specs.map((spec) => [spec.name, spec]));
  const workloads = new Map(request.workloads.map((workload) => [workload.name, workload]));
  const before = new Map(request.before.map((container) => [container.name, container]));
  const done = (spec: ContainerSpec): void => {
    pending.delete(spec.name);
    request.onReady(spec, host.now() - started);
  };
  for (;;) {
    const found = new Map((await host.inspect([...pending.keys()])).map((container) => [container.name, container]));
    const failures = [...pending.values()].flatMap((spec) => {
      const reason = startFailure(found.get(spec.name), before.get(spec.name), spec.oneShot);
      return reason === undefined ? [] : [[spec.name, reason] as const];
    });
    if (failures.length > 0) throw await failed(host, failures);
    await inParallel([...pending.values()], PARALLEL_PROBES, async (spec) => {
      const state = found.get(spec.name)?.state;
      if (spec.oneShot) {
        if (state === "exited") done(spec);
        return;
      }
      const probe = readyProbe(workloads.get(spec.workload));
      if (state === "running" && (probe === undefined || (await host.probe(spec.name, probe)))) done(spec);
    });
    if (pending.size === 0) return;
    if (host.now() - started >= request.deadlineMs)
      throw await failed(
        host,
        [...pending.keys()].map((name) => [name, `is not ready after ${Math.round(request.deadlineMs / 1000)} s`] as const),
      );
    await host.sleep(POLL_MS);
  }
}
