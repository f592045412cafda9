import type { LogLine } from "./line.ts";

interface Head {
  readonly iterator: AsyncIterator<LogLine>;
  readonly line: LogLine;
}

async function nextHead(iterator: AsyncIterator<LogLine>): Promise<Head | undefined> {
  const next = await iterator.next();
  return next.done ? undefined : { iterator, line: next.value };
}

/**
 * Lines of several logs, each in order of time and each with an end, as one. It reads no further than it is asked to:
 * one line of each log is in memory.
 */
export async function* mergeByTime(logs: readonly AsyncIterable<LogLine>[]): AsyncGenerator<LogLine> {
  const iterators = logs.map((log) => log[Symbol.asyncIterator]());
  try {
    const heads = (await Promise.all(iterators.map(nextHead))).filter((head) => head !== undefined);
    for (;;) {
      const [first, ...others] = heads;
      if (first === undefined) return;
      const earliest = others.reduce((best, head) => (head.line.time < best.line.time ? head : best), first);
      yield earliest.line;
      const next = await nextHead(earliest.iterator);
      heads.splice(heads.indexOf(earliest), 1, ...(next === undefined ? [] : [next]));
    }
  } finally {
    await Promise.all(iterators.map(async (iterator) => await iterator.return?.()));
  }
}

/** The last lines of a log, at most `count` of them. */
export async function lastLines(lines: AsyncIterable<LogLine>, count: number): Promise<readonly LogLine[]> {
  let kept: LogLine[] = [];
  for await (const line of lines) {
    kept.push(line);
    // Cut now and then, not at each line.
    if (kept.length > 2 * count) kept = kept.slice(kept.length - count);
  }
  return kept.slice(Math.max(0, kept.length - count));
}
