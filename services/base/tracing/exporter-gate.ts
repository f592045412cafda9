import type { Clock } from "../clock.ts";

/** Told when the state of the way out changes. */
export interface GateEvents {
  /** Traces can be exported. */
  opened(): void;
  /** They cannot; `firstTry`: they never could in this process. */
  closed(reason: string, firstTry: boolean): void;
}

export interface GateOptions {
  /** Finds out whether the receiver takes traces. Rejects where it does not. */
  readonly probe: () => Promise<void>;
  readonly events: GateEvents;
  readonly clock: Clock;
  /** Calls `work` after this time, ms; must not keep the process alive. Returns what takes the call back. */
  readonly later: (ms: number, work: () => void) => () => void;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;
/** A receiver that comes and goes is told of no more often. */
const QUIET_MS = 300_000;

/**
 * Whether recording is worth it: open while the receiver of traces takes them. A receiver that is away is asked every
 * 5 to 60 s, and meanwhile nothing is recorded, so that it costs nothing.
 */
export class ExporterGate {
  readonly #options: GateOptions;
  #open = false;
  #opened = false;
  #waitMs = FIRST_WAIT_MS;
  #toldAt = -Infinity;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Asks the receiver for the first time. */
  async start(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#options.probe();
      this.succeeded();
    } catch (error) {
      this.failed(error);
    }
  }

  /** The receiver took something. */
  succeeded(): void {
    this.#waitMs = FIRST_WAIT_MS;
    if (this.#open || this.#stopped) return;
    this.#open = true;
    this.#opened = true;
    this.#options.events.opened();
  }

  /** The receiver did not take something. */
  failed(error: unknown): void {
    this.#open = false;
    if (this.#stopped || this.#cancel !== undefined) return;
    const now = this.#options.clock.now();
    if (now - this.#toldAt >= QUIET_MS) {
      this.#toldAt = now;
      this.#options.events.closed(error instanceof Error ? error.message : String(error), !this.#opened);
    }
    this.#cancel = this.#options.later(this.#waitMs, () => {
      this.#cancel = undefined;
      void this.start();
    });
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  stop(): void {
    this.#stopped = true;
    this.#open = false;
    this.#cancel?.();
  }
}
