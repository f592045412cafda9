import type { Report } from "../engine/engine.ts";
import type { PublishedPort } from "../platform/container.ts";

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found, in one line. */
  readonly detail: string;
  /** What to do about it; only where something is wrong. */
  readonly fix?: string;
}

export interface CheckContext {
  readonly environment: string;
  /** Host ports that the environment will take. */
  readonly ports: readonly PublishedPort[];
  /** Puts right what it may: installs and starts Docker as root on Debian or Ubuntu, corrects file modes. */
  readonly repair: boolean;
  /** The compose program is needed. */
  readonly compose: boolean;
  readonly report: Report;
}

/** One condition of a deployment. Later checks may rely on earlier ones. */
export interface Check {
  readonly name: string;
  run(context: CheckContext): Promise<Finding>;
}

export function good(check: string, detail: string): Finding {
  return { check, ok: true, detail };
}

export function bad(check: string, detail: string, fix: string): Finding {
  return { check, ok: false, detail, fix };
}
