import { SECRETS_WRITER } from "./names.ts";

/** Workloads that end by themselves and are not started again; the model's, and the one that only Pulumi has. */
const JOBS: readonly string[] = ["migrate", SECRETS_WRITER];

export function isJob(workload: string): boolean {
  return JOBS.includes(workload);
}
