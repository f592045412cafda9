/**
 * Answers that have no end of their own: event streams and WebSockets. A gateway that stops ends them in an orderly way,
 * and their clients connect again, to another gateway.
 */
export class OpenStreams {
  readonly #ends = new Set<() => void>();
  #isDraining = false;

  get size(): number {
    return this.#ends.size;
  }

  /** Keeps a stream until the function that it gives back is called. `end` ends it; at once where the gateway stops already. */
  add(end: () => void): () => void {
    if (this.#isDraining) {
      end();
      return () => undefined;
    }
    this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }

  /** Ends all streams, and every one that comes later. */
  drain(): void {
    this.#isDraining = true;
    const ends = [...this.#ends];
    this.#ends.clear();
    for (const end of ends) end();
  }
}
