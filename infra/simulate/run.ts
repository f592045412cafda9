import { setTimeout as sleep } from "node:timers/promises";
import { Crowd } from "./crowd.ts";
import { openLoop, poissonArrivals } from "./open-loop.ts";
import { SeededRandom } from "./random.ts";
import { progressLine } from "./screen.ts";
import { Sender } from "./sender.ts";
import { Statistics } from "./statistics.ts";

export interface SimulationOptions {
  /** Address of the edge. */
  readonly origin: string;
  readonly people: number;
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Ends the run early; what was measured until then counts. */
  readonly signal: AbortSignal;
  /** Told where the run stands, every `everyMs`. */
  readonly report: (line: string) => void;
  readonly everyMs: number;
}

export interface SimulationResult {
  readonly statistics: Statistics;
  readonly registered: number;
  /** Requests that were due and not sent: all who could have made them had been told to wait. */
  readonly heldBack: number;
  /** Requests that were due and not sent: everybody still waited for an answer. */
  readonly behind: number;
  /** Time in which requests were begun, ms. */
  readonly elapsedMs: number;
}

/** Longest wait for one answer, ms: a person would have gone by then. */
const TIMEOUT_MS = 15_000;
const MOST_CONNECTIONS = 512;

/** Lets people play for a while. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { origin, people, rate, seconds, seed, signal, report, everyMs } = options;
  const statistics = new Statistics();
  const sender = new Sender(origin, { connections: Math.min(people, MOST_CONNECTIONS), timeoutMs: TIMEOUT_MS });
  const ticks = (): number => performance.now();
  // Names are new in every run, and the choices are not.
  const crowd = new Crowd({ people, seed, run: Date.now().toString(36), sender, statistics, now: () => Date.now(), ticks });
  const startedAt = ticks();
  let lookedAt = startedAt;
  const timer = setInterval(() => {
    const now = ticks();
    const facts = { elapsedMs: now - startedAt, recent: statistics.takeRecent(), recentMs: now - lookedAt, all: statistics.all };
    lookedAt = now;
    report(progressLine({ ...facts, registered: crowd.registered, people, inFlight: crowd.inFlight }));
  }, everyMs);
  try {
    await openLoop({
      arrivals: poissonArrivals(rate, new SeededRandom(seed)),
      clock: { now: ticks, sleep },
      untilMs: seconds * 1000,
      signal,
      begin: (dueMs) => crowd.click(dueMs),
    });
    const elapsedMs = ticks() - startedAt;
    await crowd.settle(signal.aborted ? 1_000 : TIMEOUT_MS);
    return { statistics, registered: crowd.registered, heldBack: crowd.heldBack, behind: crowd.behind, elapsedMs };
  } finally {
    clearInterval(timer);
    await sender.destroy();
  }
}
