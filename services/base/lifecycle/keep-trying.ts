import type { Logger } from "pino";
import type { Delay } from "../deadline.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;

export interface Persistence {
  readonly delay: Delay;
  readonly log: Logger;
  /** Ends the trying: the process stops. */
  readonly signal: AbortSignal;
}

/**
 * Tries until it works. Each new reason is one log line; the same one again is not.
 * @returns false where the signal ended it.
 */
export async function keepTrying(what: string, attempt: () => Promise<void>, how: Persistence): Promise<boolean> {
  let lastReason: string | undefined;
  for (let waitMs = FIRST_WAIT_MS; !how.signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      await attempt();
      if (lastReason !== undefined) how.log.info(`start: ${what} is there now`);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== lastReason) how.log.warn({ waitingFor: what, reason }, `start: waiting for ${what} (${reason}), trying again`);
      lastReason = reason;
      await how.delay(waitMs, how.signal);
    }
  }
  return false;
}
