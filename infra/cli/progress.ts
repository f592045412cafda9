import type { Report } from "../engine/engine.ts";

/** Where progress goes: `process.stdout`, or what a test gives. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const FRAMES = ["|", "/", "-", "\\"];
const FRAME_MS = 120;

/** `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** Shows what goes on: one line per step with its time; on a terminal a spinner while it runs. */
export class Progress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #started: number;

  constructor(output: Output = process.stdout, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#started = now();
  }

  /** Time since the command began, ms. */
  get elapsedMs(): number {
    return this.#now() - this.#started;
  }

  /** There is no terminal: lines stay, so each says something that matters later. */
  get plain(): boolean {
    return this.#output.isTTY !== true;
  }

  /** A line that is not a step. */
  note(line: string): void {
    this.#output.write(`${line}\n`);
  }

  /** A finished step with its time. */
  done(title: string, elapsedMs: number): void {
    this.#line("ok  ", title, elapsedMs);
  }

  /**
   * Runs one step. Its line says the title and what `work` gives back, if anything.
   * Passes on what `work` throws, after a line that says which step failed.
   */
  async step<T>(title: string, work: (report: Report) => Promise<T>, describe?: (result: T) => string): Promise<T> {
    const started = this.#now();
    const spinner = this.#spin(title, started);
    try {
      const result = await work(spinner.report);
      spinner.stop();
      const detail = describe?.(result) ?? "";
      this.#line("ok  ", detail === "" ? title : `${title}: ${detail}`, this.#now() - started);
      return result;
    } catch (error) {
      spinner.stop();
      this.#line("FAIL", title, this.#now() - started);
      throw error;
    }
  }

  #line(mark: string, title: string, elapsedMs: number): void {
    this.#output.write(`${this.#output.isTTY ? "\r\u001b[2K" : ""}${mark} ${formatDuration(elapsedMs).padStart(9)}  ${title}\n`);
  }

  #spin(title: string, started: number): { report: Report; stop: () => void } {
    if (!this.#output.isTTY) return { report: () => undefined, stop: () => undefined };
    let detail = "";
    let frame = 0;
    const draw = (): void => {
      const time = formatDuration(this.#now() - started).padStart(9);
      const text = `${FRAMES[frame++ % FRAMES.length] ?? ""}    ${time}  ${title}${detail === "" ? "" : `: ${detail}`}`;
      this.#output.write(`\r\u001b[2K${text.slice(0, (this.#output.columns ?? 80) - 1)}`);
    };
    draw();
    const timer = setInterval(draw, FRAME_MS);
    timer.unref();
    return {
      report: (line) => {
        // Only what can be shown on one line: no control characters from another program.
        detail = line.replaceAll(/[^\x20-\x7e]/g, "").trim();
      },
      stop: () => {
        clearInterval(timer);
        this.#output.write("\r\u001b[2K");
      },
    };
  }
}
