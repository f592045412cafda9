import { SECRETS_WRITER } from "./names.ts";

/** The job that writes the configuration of the edge and of monitoring. */
export const CONFIGURE = "configure";

/** Workloads that end by themselves and are not started again; the model's, and the one that only Pulumi has. */
const JOBS: readonly string[] = ["migrate", CONFIGURE, SECRETS_WRITER];

export function isJob(workload: string): boolean {
  return JOBS.includes(workload);
}
