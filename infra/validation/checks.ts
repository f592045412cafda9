import type { ValidationCheck } from "./check.ts";

export const checks: readonly ValidationCheck[] = [];
