import type { ActiveAlert } from "../monitoring/alerts.ts";
import type { Colour } from "../platform/workload.ts";

/** Longer than the longest window of the rules about errors and times, 2 minutes. */
const PATIENCE_MS = 180_000;
const POLL_MS = 5_000;

export interface EarlierAlertsHost {
  /** Undefined: nobody says. */
  alerts(): Promise<readonly ActiveAlert[] | undefined>;
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** Names of the alerts that ask for a rollback of this colour, or are about to. */
export function rollbackAlertsOf(alerts: readonly ActiveAlert[], colour: Colour): readonly string[] {
  return [...new Set(alerts.filter(({ labels }) => labels["action"] === "rollback" && labels["colour"] === colour).map(({ name }) => name))];
}

/**
 * Waits until no alert of an earlier release of the colour stands. Their windows still hold its errors: one that begins
 * to fire now would take the new release back for them, and one that fires already would not be heard for its own.
 * @returns The names of those that are left after 3 minutes; empty where none is, or nobody says.
 */
export async function waitForEarlierAlerts(host: EarlierAlertsHost, colour: Colour, report: (line: string) => void): Promise<readonly string[]> {
  const until = host.now() + PATIENCE_MS;
  for (;;) {
    const names = rollbackAlertsOf((await host.alerts()) ?? [], colour);
    if (names.length === 0 || host.now() >= until) return names;
    report(`${names.join(", ")}: of the release before, whose errors are still counted`);
    await host.sleep(POLL_MS);
  }
}
