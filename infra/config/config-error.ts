import { UserError } from "../host/user-error.ts";

/** One thing that is wrong with a stack's config. */
export interface Problem {
  /** Where: `astratrade:resources.redis.memoryMb`. */
  readonly path: string;
  /** What it takes, and what it got; never a secret value. */
  readonly message: string;
  /** Command that puts it right. */
  readonly fix: string;
}

export type ConfigErrorCode = "config-invalid" | "config-unreadable";

/** A stack's config cannot be used. Every problem is in the one message. */
export class ConfigError extends UserError {
  readonly code: ConfigErrorCode;
  readonly problems: readonly Problem[];

  /** The heading says which config: `the config of stack "dev" (Pulumi.dev.yaml)`. */
  constructor(code: ConfigErrorCode, heading: string, problems: readonly Problem[], cause?: unknown) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  ${problem.path}: ${problem.message}. Fix: ${problem.fix}`);
    super([`${count} in ${heading}:`, ...lines].join("\n"), { exitCode: 2, cause });
    this.code = code;
    this.problems = problems;
  }
}
