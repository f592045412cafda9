import { UserError } from "../host/user-error.ts";
import type { Check, CheckContext, Finding } from "./check.ts";
import { composeCheck } from "./compose-check.ts";
import { dockerCheck } from "./docker-check.ts";
import { diskCheck, memoryCheck } from "./machine-checks.ts";
import { permissionsCheck } from "./permissions-check.ts";
import { portsCheck } from "./ports-check.ts";

/** Every condition of a deployment, in order; what comes after the engine asks the engine. */
export const checks: readonly Check[] = [
  permissionsCheck,
  dockerCheck,
  composeCheck,
  portsCheck,
  diskCheck,
  memoryCheck,
];

/** Runs all checks, for `doctor`. Without an engine those that need it are left out. */
export async function examine(context: CheckContext, onFinding: (finding: Finding) => void): Promise<boolean> {
  let ok = true;
  for (const check of checks) {
    const finding = await check.run(context);
    onFinding(finding);
    ok &&= finding.ok;
    if (check === dockerCheck && !finding.ok) return false;
  }
  return ok;
}

/**
 * Runs all checks, for `up`.
 * @throws UserError on the first that fails, with what to do.
 */
export async function requireMachine(context: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    const finding = await check.run(context);
    if (!finding.ok) throw new UserError(`${finding.check}: ${finding.detail}\nFix: ${finding.fix ?? "see above"}`);
    findings.push(finding);
  }
  return findings;
}
