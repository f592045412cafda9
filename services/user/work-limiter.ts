/** Thrown when the queue is full: the caller should try again later. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
  readonly code = "queue-full";

  constructor(queued: number) {
    super(`${queued} pieces of work are waiting already`);
  }
}

/**
 * Runs at most `concurrency` pieces of work at a time and lets at most `maxQueued` wait, first come first served.
 * Password hashing goes through it: each hash takes 19 MiB and a core for tens of milliseconds, and a wave of
 * log-ins must starve neither the process's memory nor its other requests.
 */
export class WorkLimiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly concurrency: number;
  private readonly maxQueued: number;

  constructor(limits: { readonly concurrency: number; readonly maxQueued: number }) {
    this.concurrency = limits.concurrency;
    this.maxQueued = limits.maxQueued;
  }

  /** @throws QueueFull when as many as may wait are waiting. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrency) {
      if (this.waiting.length >= this.maxQueued) throw new QueueFull(this.waiting.length);
      // The one that finishes hands its place over, so that nobody can slip in between.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
