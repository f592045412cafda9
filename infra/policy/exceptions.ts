import { SECRETS_WRITER } from "../platform/names.ts";

/** A rule that one workload may break, and why. */
export interface Exception {
  readonly workload: string;
  readonly rule: string;
  readonly reason: string;
}

const WRITER = "it gives secret files to uid 1000 and ends; it has no network, no port and runs nothing but chown";

/** Every exception there is. One that is needed no longer fails the tests. */
export const exceptions: readonly Exception[] = [
  {
    workload: "agent",
    rule: "engine-socket",
    reason: "restarts what stays unhealthy and tells what containers use; it has no published port, and of the secrets only Redis' and its own token",
  },
  { workload: SECRETS_WRITER, rule: "non-root-user", reason: `only root may give files away: ${WRITER}` },
  { workload: SECRETS_WRITER, rule: "no-capabilities", reason: `CHOWN is the one that it needs: ${WRITER}` },
  { workload: SECRETS_WRITER, rule: "read-only-root", reason: `the provider uploads no file into a read-only container: ${WRITER}` },
  { workload: SECRETS_WRITER, rule: "grace-period", reason: `it has ended long before anybody stops it: ${WRITER}` },
];
