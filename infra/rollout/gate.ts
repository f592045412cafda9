import type { Runtime } from "../host/runtime.ts";
import { askProbe } from "../host/probe.ts";
import { readyProbe } from "../engine/readiness.ts";
import type { Colour, Workload } from "../platform/workload.ts";
import { smokeProblems } from "./smoke.ts";
import { standingProblems } from "./standing.ts";

export interface GateRequest {
  readonly colour: Colour;
  /** What the colour has to have. */
  readonly workloads: readonly Workload[];
  /** Address of the API. */
  readonly edge: string;
}

/**
 * Whether a colour may get requests: every container runs, says that it is ready, and each service answers an operator's
 * private request.
 * @returns What is wrong, one line each; empty where nothing is.
 */
export async function gateProblems({ colour, workloads, edge }: GateRequest, runtime: Runtime): Promise<readonly string[]> {
  const containers = (await runtime.containers()).filter((container) => container.colour === colour);
  const standing = standingProblems(containers, colour, workloads.map((workload) => workload.name));
  if (standing.length > 0) return standing;
  const unready = runtime.target === "docker" ? await notReady(containers, workloads) : [];
  if (unready.length > 0) return unready;
  const token = await runtime.secret("operator_token");
  if (token === undefined) return ["the operator's token cannot be read, so nobody can take a private look"];
  return await smokeProblems(runtime.fetch, edge, colour, token);
}

/** On a cluster readiness is part of a pod's state; Docker's health check asks only whether a process lives. */
async function notReady(containers: Awaited<ReturnType<Runtime["containers"]>>, workloads: readonly Workload[]): Promise<readonly string[]> {
  const asked = workloads.flatMap((workload) => {
    const probe = readyProbe(workload);
    const own = containers.filter((container) => container.workload === workload.name);
    return probe === undefined ? [] : own.map(async ({ name }) => ((await askProbe(name, probe)) ? [] : [`${workload.name}: ${name} is not ready`]));
  });
  return (await Promise.all(asked)).flat();
}
