import type { Container } from "../host/containers.ts";
import type { Colour } from "../platform/workload.ts";

/**
 * Why a colour cannot carry requests: one line for each workload that lacks, does not run or is not healthy. Empty where
 * it is complete and healthy.
 */
export function standingProblems(containers: readonly Pick<Container, "workload" | "colour" | "state" | "health">[], colour: Colour, workloads: readonly string[]): readonly string[] {
  return workloads.flatMap((workload) => {
    const own = containers.filter((container) => container.workload === workload && container.colour === colour);
    if (own.length === 0) return [`${workload}: there is no container of ${colour}`];
    return own.flatMap(({ state, health }) => {
      if (state !== "running") return [`${workload}: is ${state}`];
      // Docker's first health check may come late; whether it takes requests is asked of the container itself.
      return ["healthy", "none", "starting"].includes(health) ? [] : [`${workload}: is ${health}`];
    });
  });
}
