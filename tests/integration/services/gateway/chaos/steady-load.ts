import { Pool } from "undici";

/** Callers see an answer; `at` is when they asked, in milliseconds since the load began. */
export interface Sample {
  readonly at: number;
  readonly durationMs: number;
  /** 0: no answer at all. */
  readonly status: number;
  readonly instance: string;
  readonly isStale: boolean;
}

/** Requests under way at once, past which the load waits: a machine that is too slow must not look like a fault. */
const MOST_UNDER_WAY = 400;
const TICK_MS = 10;
const USERS = 50;

/** Asks a gateway for `path` so many times a second, whether answers come or not; each time for something else. */
export class SteadyLoad {
  readonly samples: Sample[] = [];
  readonly #pool: Pool;
  readonly #path: string;
  readonly #perSecond: number;
  readonly #mostUnderWay: number;
  readonly #startedAtMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #asked = 0;
  #underWay = 0;
  #idle: () => void = () => undefined;

  constructor(port: number, path: string, perSecond: number, mostUnderWay = MOST_UNDER_WAY) {
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: mostUnderWay, pipelining: 1, headersTimeout: 30_000 });
    this.#path = path;
    this.#perSecond = perSecond;
    this.#mostUnderWay = mostUnderWay;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Milliseconds since it began. */
  now(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** Asks no more, and waits for the answers that are on their way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#pool.close();
  }

  #tick(): void {
    const due = Math.floor((this.now() / 1000) * this.#perSecond);
    // What could not be asked in time is not made up for: that would be a burst.
    const count = Math.min(due - this.#asked, this.#mostUnderWay - this.#underWay);
    this.#asked = due;
    for (let time = 0; time < count; time += 1) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#underWay += 1;
    const at = this.now();
    const number = this.samples.length + this.#underWay;
    let sample: Pick<Sample, "status" | "instance" | "isStale"> = { status: 0, instance: "", isStale: false };
    try {
      const { statusCode, headers, body } = await this.#pool.request({
        method: "GET",
        // Nothing is asked for twice, so that no earlier answer can stand in for a missing one.
        path: `${this.#path}?request=${number}-${Math.round(at * 1000)}`,
        headers: { "x-user-id": `user-${number % USERS}` },
      });
      await body.dump();
      sample = { status: statusCode, instance: String(headers["x-upstream"] ?? ""), isStale: headers["x-astra-stale"] !== undefined };
    } catch {
      // Counted as status 0.
    }
    this.samples.push({ ...sample, at, durationMs: this.now() - at });
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#idle();
  }
}

/** The p-th percentile of the durations, milliseconds; p in (0, 1]. */
export function percentileMs(samples: readonly Sample[], p: number): number {
  const sorted = samples.map((sample) => sample.durationMs).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? 0;
}

/** How many of the samples are no good answer, by status. */
export function failures(samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, isStale } of samples) {
    const what = isStale ? "stale" : String(status);
    if (what !== "200") counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
