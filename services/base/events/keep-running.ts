import { backoffMs, type Backoff } from "./backoff.ts";
import type { Wake } from "./wake.ts";

export interface KeepRunningOptions {
  /** True once it has to end. */
  readonly stopping: () => boolean;
  /** What ends a wait early. */
  readonly wake: Pick<Wake, "sleep">;
  /** Waits after failures in a row. */
  readonly backoff: Backoff;
  /** Told of each failure. */
  readonly onFailure?: (error: unknown) => void;
  /** Told of the fifth failure in a row: before that it may well be over in a moment. */
  readonly onTrouble: (error: unknown) => void;
}

const TROUBLE = 5;

/** Does `work` again and again, whatever it throws, until it has to end. `progressed` tells that it is no failure in a row. */
export async function keepRunning(work: (progressed: () => void) => Promise<void>, options: KeepRunningOptions): Promise<void> {
  let failures = 0;
  while (!options.stopping()) {
    try {
      await work(() => (failures = 0));
    } catch (error) {
      failures += 1;
      options.onFailure?.(error);
      if (failures === TROUBLE) options.onTrouble(error);
      await options.wake.sleep(backoffMs(options.backoff, failures));
    }
  }
}
