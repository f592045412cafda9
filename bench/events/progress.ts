/**
 * How many events all consumer processes are through with. A publisher that goes by the sum of what was handled leaves the
 * slowest behind, and then measures that one's queue.
 */
export class Progress {
  /** Deliveries of an event in each process on average, as the last flow had them. */
  #perEvent: readonly number[] | undefined;
  #from: readonly number[] = [];

  /** A flow begins. Takes what each process has handled so far. */
  begin(handled: readonly number[]): void {
    this.#from = handled;
  }

  /**
   * Events of this flow that the slowest process is through with.
   *
   * @throws Error before the first flow has ended: then nobody knows yet what an event is for whom.
   */
  done(handled: readonly number[]): number {
    if (this.#perEvent === undefined) throw new Error("the first flow has to be at a rate");
    return Math.min(...this.#perEvent.map((each, at) => (each === 0 ? Infinity : this.#since(handled, at) / each)));
  }

  /** A flow of so many events is over, and everything of it is handled. */
  end(handled: readonly number[], events: number): void {
    this.#perEvent = handled.map((_, at) => this.#since(handled, at) / Math.max(1, events));
  }

  #since(handled: readonly number[], at: number): number {
    return (handled[at] ?? 0) - (this.#from[at] ?? 0);
  }
}
