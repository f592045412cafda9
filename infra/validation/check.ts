import { setTimeout as sleep } from "node:timers/promises";
import type { Settings } from "../platform/settings.ts";

/** What the checks need to know of an environment. */
export interface ValidationContext {
  readonly environment: string;
  readonly target: Settings["target"];
  /** `down` removes its data. */
  readonly ephemeral: boolean;
  /** Times by which promised times are stretched, from 1: tests on a busy machine ask what happens, not how fast. */
  readonly patience: number;
  /** Address of a platform port on this machine: `http://127.0.0.1:8000`. */
  url(port: number): string;
  readonly clock: { now(): number; sleep(ms: number): Promise<void> };
  readonly fetch: typeof fetch;
}

/** The checks against the platform on this machine. */
export function validationContext(
  settings: Pick<Settings, "environment" | "ephemeral" | "portOffset" | "target">,
  patience = 1,
): ValidationContext {
  return {
    patience,
    environment: settings.environment,
    target: settings.target,
    ephemeral: settings.ephemeral,
    url: (port) => `http://127.0.0.1:${port + settings.portOffset}`,
    clock: {
      now: () => performance.now(),
      sleep: async (ms) => {
        await sleep(ms);
      },
    },
    fetch,
  };
}

/** One thing that must be true of the running platform. */
export interface ValidationCheck {
  /** What is shown, as a sentence; names requirement ids. */
  readonly name: string;
  /** It stops containers; run only when asked for. */
  readonly disruptive?: true;
  /** @returns A detail for people. @throws Error saying what was expected and what came. */
  run(context: ValidationContext): Promise<string>;
}
