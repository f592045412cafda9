import { KeyWindow } from "./key-window.ts";

/** Windows of the keys that were asked for last; bounded, so that made-up users cannot fill the memory. */
export class WindowTable {
  readonly #windows = new Map<string, KeyWindow>();
  readonly #max: number;

  /** @param max Keys that are kept. @default 50000 */
  constructor(max = 50_000) {
    this.#max = max;
  }

  get size(): number {
    return this.#windows.size;
  }

  find(key: string): KeyWindow | undefined {
    return this.#windows.get(key);
  }

  /** The window of a key, begun now where there was none. */
  of(key: string, nowMs: number): KeyWindow {
    let window = this.#windows.get(key);
    if (window !== undefined) return window;
    if (this.#windows.size >= this.#max) this.#makeRoom(nowMs);
    this.#windows.set(key, (window = new KeyWindow(nowMs)));
    return window;
  }

  /** Keys of which this process holds a lease. */
  leased(): readonly string[] {
    return [...this.#windows].filter(([, window]) => window.lease > 0).map(([key]) => key);
  }

  #makeRoom(nowMs: number): void {
    for (const [key, window] of this.#windows) if (window.isOver(nowMs)) this.#windows.delete(key);
    // Where all are open, a tenth goes, the oldest first: a search for each new key would be dear.
    let surplus = this.#windows.size >= this.#max ? Math.ceil(this.#max / 10) : 0;
    for (const key of this.#windows.keys()) {
      if (surplus === 0) return;
      surplus -= 1;
      this.#windows.delete(key);
    }
  }
}
