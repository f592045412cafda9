import type { Output } from "./progress.ts";

export interface WatchOutput extends Output {
  readonly rows?: number;
}

const HOME = "\u001b[H";
const TO_LINE_END = "\u001b[K";
const TO_SCREEN_END = "\u001b[J";
const CLEAR = "\u001b[2J";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/**
 * One picture over the last one: each line is overwritten and its rest cleared, all in one write, so that nothing
 * flickers. What does not fit is left out, with a line that says so.
 */
export function frame(lines: readonly string[], rows: number): string {
  const shown = lines.length < rows ? lines : [...lines.slice(0, Math.max(0, rows - 2)), `... ${lines.length - Math.max(0, rows - 2)} more lines`];
  return `${HOME}${shown.map((line) => `${line}${TO_LINE_END}\n`).join("")}${TO_SCREEN_END}`;
}

/**
 * Draws again and again until the signal: in place on a terminal, one picture after the other elsewhere.
 * `draw` must not throw.
 */
export async function watch(
  draw: () => Promise<readonly string[]>,
  output: WatchOutput,
  pause: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (output.isTTY) output.write(`${HIDE_CURSOR}${CLEAR}`);
  try {
    while (!signal.aborted) {
      const lines = await draw();
      if (signal.aborted) return;
      output.write(output.isTTY ? frame(lines, output.rows ?? 24) : `${lines.join("\n")}\n`);
      await pause(signal);
    }
  } finally {
    if (output.isTTY) output.write(SHOW_CURSOR);
  }
}
