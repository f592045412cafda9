import type { Logger } from "pino";
import { CONSUMER_GROUPS } from "../metrics-contract/events.ts";
import type { Database } from "../postgres/database.ts";
import type { EventMetrics } from "./event-metrics.ts";

export interface BusWatchOptions {
  readonly database: Database;
  readonly metrics: EventMetrics;
  readonly log: Logger;
  /** Groups that this release has, in all services. @default the platform's */
  readonly knownGroups?: readonly string[];
}

const LOOK_EVERY_MS = 15_000;

/** Shows what waits for a person: dead letters, and groups that nobody runs any more, which keep streams from being trimmed. */
export class BusWatch {
  readonly #options: BusWatchOptions;
  #groups: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #failing = false;

  constructor(options: BusWatchOptions) {
    this.#options = options;
  }

  /** Looks now, and every 15 s: at the dead letters of these groups, and at whoever reads the domain's stream. */
  start(groups: readonly string[]): void {
    this.#groups = groups;
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
    void this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Looks now; one that is under way counts as this one. A failure leaves the last figures, and never throws. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { database, metrics, log, knownGroups = CONSUMER_GROUPS } = this.#options;
    try {
      const [letters, streams] = await Promise.all([
        database.query<{ group_name: string; letters: string }>("SELECT group_name, count(*) AS letters FROM dead_letters GROUP BY group_name"),
        // The domain's own: what the relay saw when it last trimmed.
        database.query<{ groups: readonly string[] }>("SELECT groups FROM event_stream"),
      ]);
      const counts = new Map(letters.map((row) => [row.group_name, Number(row.letters)]));
      for (const group of new Set([...this.#groups, ...counts.keys()])) metrics.deadLetters(group, counts.get(group) ?? 0);
      const known: ReadonlySet<string> = new Set([...knownGroups, ...this.#groups]);
      metrics.retiredGroups.set(new Set(streams.flatMap(({ groups }) => groups).filter((group) => !known.has(group))).size);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log.warn({ err: error }, "dead letters cannot be counted, trying on");
      this.#failing = true;
    }
  }
}
