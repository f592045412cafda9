import type { Clock } from "./clock.ts";

export interface Dated<T> {
  readonly value: T;
  /** When the read that brought it began, in ms of the clock. */
  readonly atMs: number;
}

export interface FreshTimes {
  /** Longest that a caller who could have the last value waits for a new one, in ms. @default no limit */
  readonly patienceMs?: number;
  /** Pause after a read that failed, in ms: until it is over the last value serves. @default 0 */
  readonly pauseMs?: number;
}

/** A value that is read again when it is older than allowed; many callers share one read. */
export class Fresh<T> {
  readonly #read: () => Promise<T>;
  readonly #maxAgeMs: number;
  readonly #clock: Clock;
  readonly #times: FreshTimes;
  #last: Dated<T> | undefined;
  #reading: Promise<Dated<T>> | undefined;
  #failure: { readonly error: unknown; readonly atMs: number } | undefined;

  constructor(read: () => Promise<T>, maxAgeMs: number, clock: Clock, times: FreshTimes = {}) {
    this.#read = read;
    this.#maxAgeMs = maxAgeMs;
    this.#clock = clock;
    this.#times = times;
  }

  /**
   * The value, at most `maxAgeMs` old. Where it cannot be read (in time), the last one with its age.
   * @throws what the read threw, where there is no last one
   */
  async get(): Promise<Dated<T>> {
    const last = this.#last;
    const now = this.#clock.now();
    if (last !== undefined && now - last.atMs < this.#maxAgeMs) return last;
    if (this.#failure !== undefined && now - this.#failure.atMs < (this.#times.pauseMs ?? 0)) {
      if (last === undefined) throw this.#failure.error;
      return last;
    }
    this.#reading ??= this.#readNow().finally(() => (this.#reading = undefined));
    if (last === undefined) return this.#reading;
    return inTime(this.#reading, last, this.#times.patienceMs);
  }

  async #readNow(): Promise<Dated<T>> {
    const atMs = this.#clock.now();
    try {
      this.#last = { value: await this.#read(), atMs };
      this.#failure = undefined;
      return this.#last;
    } catch (error) {
      this.#failure = { error, atMs: this.#clock.now() };
      throw error;
    }
  }
}

/** What the read brings; the last value where it fails or takes too long. */
async function inTime<T>(reading: Promise<Dated<T>>, last: Dated<T>, patienceMs: number | undefined): Promise<Dated<T>> {
  const orLast = reading.catch(() => last);
  if (patienceMs === undefined) return orLast;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<Dated<T>>((resolve) => {
    timer = setTimeout(() => resolve(last), patienceMs);
  });
  return Promise.race([orLast, tooLong]).finally(() => clearTimeout(timer));
}
