import type { ValidationCheck } from "./check.ts";
import { disruptiveChecks } from "./disruptive-checks.ts";
import { healthChecks, monitoringChecks } from "./health-checks.ts";
import { journeyChecks } from "./journey-checks.ts";
import { metricChecks } from "./metric-checks.ts";

/** Everything that must be true of the running platform, in order. */
export const checks: readonly ValidationCheck[] = [
  ...healthChecks,
  ...journeyChecks,
  ...monitoringChecks,
  ...metricChecks,
  ...disruptiveChecks,
];
