/** Lets a loop sleep until a deadline, or until somebody has work for it. A call that comes early is not lost. */
export class Wake {
  #pending = false;
  #resume: (() => void) | undefined;

  /** Ends the current sleep, or the next one at once. */
  now(): void {
    this.#pending = true;
    this.#resume?.();
  }

  /** Resolves after `ms`, or as soon as `now` is called. */
  async sleep(ms: number): Promise<void> {
    if (!this.#pending && ms > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resume = undefined;
    }
    this.#pending = false;
  }
}
