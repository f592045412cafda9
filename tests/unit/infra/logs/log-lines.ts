import type { LogLine } from "../../../../infra/logs/line.ts";
import { lineParser } from "../../../../infra/logs/parse.ts";

/** `docker logs --timestamps` of one line that the engine got at that second. */
export function stamped(second: number, text: string): string {
  return `2026-01-31T12:00:${String(second).padStart(2, "0")}.000000000Z ${text}`;
}

export function lineOf(workload: string, second: number, text: string): LogLine {
  return lineParser({ container: `astra-t-${workload}-1`, workload })(stamped(second, text));
}

export async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const result: T[] = [];
  for await (const item of items) result.push(item);
  return result;
}
