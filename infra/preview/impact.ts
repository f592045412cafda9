import type { PreviewItem } from "./preview.ts";

interface Outage {
  /** What people notice, in words that follow "While it is away". */
  readonly effect: string;
  /** How long it was away when that was tried. */
  readonly measured: string;
}

/**
 * Measured by replacing the container under Compose with requests running, on two cores: once calm, once busy with other
 * work to four times what they can do. Data was a few megabytes; more of it takes longer to close and to read.
 */
const OUTAGES: Readonly<Record<string, Outage>> = {
  postgres: { effect: "services answer 503 to all that needs the database, and nothing is lost", measured: "2 s on a calm machine, 27 s on a busy one" },
  redis: { effect: "events wait in the outbox, limits and routing go on from memory", measured: "2 s on a calm machine, without a failed request" },
  edge: { effect: "no request from outside is answered", measured: "3 s on a calm machine, 6 s on a busy one" },
};

/** Prometheus and the like: nobody's request depends on them. */
const MONITORING = "nothing is measured, and no alert fires; requests are served as before";

/** What replacing or removing something critical means, in a few sentences. */
export function impactOf(item: PreviewItem): string {
  if (item.note !== undefined) return `${item.note}.`;
  if (item.kind === "volume")
    return item.change === "delete" || item.change === "replace" ? "ITS DATA IS LOST. Make a backup first." : "";
  const outage = OUTAGES[item.workload];
  const effect = outage?.effect ?? MONITORING;
  const volume = item.keepsData;
  if (item.change === "delete") return `It goes and does not come back${volume ? "; its volume stays" : ""}. From then on: ${effect}.`;
  const time = outage ? ` Measured: ${outage.measured}${volume ? "; longer with more data" : ""}.` : " A few seconds.";
  return `It stops and starts again${volume ? " on the same volume" : ""}. While it is away: ${effect}.${time}`;
}
