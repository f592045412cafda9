import type { Logger } from "pino";
import { withDeadline, type Delay } from "../deadline.ts";

export interface DrainTimes {
  /**
   * Time in which the other colour hears that this one leaves and takes its share, while this one still serves as before:
   * longer than two agent checks of the edge, so that at no moment all gateways say that they want nothing.
   */
  readonly handOverMs: number;
  /** Time that callers get to hear of the leave while everything is still answered. */
  readonly announceMs: number;
  /** Longest wait for requests in flight after the listener has closed. */
  readonly inFlightMs: number;
}

/** As deployed: the stop grace period is 30 s. */
export const DRAIN_TIMES: DrainTimes = { handOverMs: 700, announceMs: 1_500, inFlightMs: 20_000 };

/** Longest time of each step that talks to somebody else. */
const STEP_MS = 3_000;

export interface DrainSteps {
  /** The registry says that this instance leaves. */
  announce(): Promise<void>;
  /** Agent check and readiness say that no new request should come. */
  turnAway(): void;
  /** Closes the listener; resolves when no request is in flight any more. */
  closeListener(): Promise<void>;
  /** Cuts the requests that did not finish in time. */
  cutInFlight(): void;
  /** Ends consumers and relay, then whatever the service itself started. */
  stopWork(): Promise<void>;
  /** Removes this instance from the registry. */
  leave(): Promise<void>;
  closeStores(): Promise<void>;
}

/**
 * Leaves without failing anybody: say so, let the others take over, keep answering until everybody knows, finish what is in flight, then end.
 * A step that fails or hangs does not stop the next one.
 */
export async function drain(steps: DrainSteps, times: DrainTimes, delay: Delay, log: Logger): Promise<void> {
  const step = async (name: string, ms: number, work: () => Promise<void>): Promise<boolean> => {
    try {
      await withDeadline(name, ms, work());
      return true;
    } catch (error) {
      log.warn({ err: error, step: name }, `stop: ${name} did not end as it should, going on`);
      return false;
    }
  };
  log.info("stop: draining");
  await Promise.all([step("announce", STEP_MS, steps.announce), delay(times.handOverMs)]);
  steps.turnAway();
  await delay(times.announceMs);
  const finished = await step("requests in flight", times.inFlightMs, steps.closeListener);
  if (!finished) steps.cutInFlight();
  await step("work", STEP_MS, steps.stopWork);
  await step("leave the registry", STEP_MS, steps.leave);
  await step("close the stores", STEP_MS, steps.closeStores);
  log.info("stop: done");
}
