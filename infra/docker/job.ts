import type { Container } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

const LOG_LINES = 20;

/**
 * A container that has to end well before what depends on it starts. The provider waits for its end and takes any exit
 * code for success; this does not.
 * @returns The container, once it has ended with 0.
 * @throws RunError with its last log lines, which fails the update.
 */
export function endedWell(container: Container, name: string): pulumi.Output<Container> {
  return pulumi.all([container.exitCode, container.containerLogs]).apply(([code, logs]) => {
    // Absent while it is only previewed.
    if (code === undefined || code === 0) return container;
    const lines = (logs ?? "").trim().split("\n").slice(-LOG_LINES);
    throw new pulumi.RunError(
      [`${name} ended with exit code ${code}; nothing that needs it was started. Its last lines:`, ...lines].join("\n"),
    );
  });
}
