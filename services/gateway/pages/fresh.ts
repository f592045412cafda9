import type { Clock } from "../../base/clock.ts";

export interface Dated<T> {
  readonly value: T;
  readonly atMs: number;
}

/** A value that is read again when it is older than allowed; many callers share one read. */
export class Fresh<T> {
  readonly #read: () => Promise<T>;
  readonly #maxAgeMs: number;
  readonly #clock: Clock;
  #last: Dated<T> | undefined;
  #reading: Promise<Dated<T>> | undefined;

  constructor(read: () => Promise<T>, maxAgeMs: number, clock: Clock) {
    this.#read = read;
    this.#maxAgeMs = maxAgeMs;
    this.#clock = clock;
  }

  /** The value, at most `maxAgeMs` old. Where it cannot be read, the last one with its age. @throws where there is none. */
  async get(): Promise<Dated<T>> {
    const last = this.#last;
    if (last !== undefined && this.#clock.now() - last.atMs < this.#maxAgeMs) return last;
    this.#reading ??= this.#readNow().finally(() => (this.#reading = undefined));
    try {
      return await this.#reading;
    } catch (error) {
      if (last === undefined) throw error;
      return last;
    }
  }

  async #readNow(): Promise<Dated<T>> {
    const atMs = this.#clock.now();
    const value = await this.#read();
    this.#last = { value, atMs };
    return this.#last;
  }
}
