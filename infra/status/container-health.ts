import type { Weights } from "../rollout/table-change.ts";
import type { Container } from "../host/containers.ts";
import { isJob } from "../platform/jobs.ts";

/** Share of the requests to its workload that goes to a container's colour, [0, 100]; undefined where it is not routed. */
export function trafficShare(container: Container, weights: Weights | undefined): number | undefined {
  const { colour, workload } = container;
  const entry = weights?.[workload];
  if (colour === undefined || entry === undefined || container.state !== "running") return undefined;
  const total = entry.blue + entry.green;
  return total === 0 ? 0 : Math.round((entry[colour] / total) * 100);
}

/** One word for a person: what is wrong comes before what is fine. */
export function healthWord(container: Container): string {
  if (isJob(container.workload))
    return container.state === "exited" ? (container.exitCode === 0 ? "done" : `failed (${container.exitCode})`) : container.state;
  if (container.state !== "running") return container.state === "exited" ? `stopped (${container.exitCode})` : container.state;
  return container.health === "none" ? "running" : container.health;
}
