import type { Container, types } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Container as HostContainer } from "../host/containers.ts";

const LOG_LINES = 20;

/** Label of a job that runs again because the one before failed: nothing else of it has changed. */
export const ATTEMPT_LABEL = "astratrade.attempt";

/** By name of a job's container: what sets this attempt apart from the first. */
export type Attempts = ReadonlyMap<string, string>;

/**
 * What sets the next run of a job apart, from what the engine says of the last one: none for the first; the failed
 * container's id after a failure, so that Pulumi sees a change and runs it again; and the same as before once it ended
 * well, so that it then stays.
 */
export function attemptAfter(last: Pick<HostContainer, "id" | "state" | "exitCode" | "labels">): string | undefined {
  const failed = last.state !== "exited" || last.exitCode !== 0;
  return failed ? last.id.slice(0, 12) : last.labels[ATTEMPT_LABEL];
}

/** The label as the Docker provider takes it. */
export function attemptLabel(attempts: Attempts, name: string): types.input.ContainerLabel[] {
  const attempt = attempts.get(name);
  return attempt === undefined ? [] : [{ label: ATTEMPT_LABEL, value: attempt }];
}

/** Why a job that has ended did not end well, with its last log lines; undefined when it did, or has not run yet. */
export function failureOf(name: string, exitCode: number | undefined, logs: string | undefined): string | undefined {
  // Absent while it is only previewed.
  if (exitCode === undefined || exitCode === 0) return undefined;
  const lines = (logs ?? "").trim().split("\n").slice(-LOG_LINES);
  return [`${name} ended with exit code ${exitCode}; nothing that needs it was started. Its last lines:`, ...lines].join("\n");
}

/**
 * A container that has to end well before what depends on it starts. The provider waits for its end and takes any exit
 * code for success; this does not.
 * @returns The container, once it has ended with 0.
 * @throws RunError with its last log lines, which fails the update.
 */
export function endedWell(container: Container, name: string): pulumi.Output<Container> {
  return pulumi.all([container.exitCode, container.containerLogs]).apply(([code, logs]) => {
    const failure = failureOf(name, code, logs);
    if (failure === undefined) return container;
    throw new pulumi.RunError(failure);
  });
}
