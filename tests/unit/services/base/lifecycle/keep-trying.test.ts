import type { Logger } from "pino";
import { describe, expect, it } from "vitest";
import { keepTrying } from "../../../../../services/base/lifecycle/keep-trying.ts";

function recorder(): { readonly lines: string[]; readonly log: Logger } {
  const lines: string[] = [];
  const write = (_fields: unknown, text?: string): void => void lines.push(text ?? String(_fields));
  return { lines, log: { warn: write, info: write } as unknown as Logger };
}

describe("trying until it works", () => {
  it("logs each new reason once, and that it works again", async () => {
    const { lines, log } = recorder();
    const reasons = ["refused", "refused", "no schema", "no schema"];
    const waits: number[] = [];
    const worked = await keepTrying(
      "postgres",
      () => {
        const reason = reasons.shift();
        return reason === undefined ? Promise.resolve() : Promise.reject(new Error(reason));
      },
      { log, signal: new AbortController().signal, delay: (ms) => (waits.push(ms), Promise.resolve()) },
    );
    expect(worked).toBe(true);
    expect(waits).toEqual([100, 200, 400, 800]);
    expect(lines).toEqual([
      "start: waiting for postgres (refused), trying again",
      "start: waiting for postgres (no schema), trying again",
      "start: postgres is there now",
    ]);
  });

  it("ends when the process stops", async () => {
    const { log } = recorder();
    const stop = new AbortController();
    const worked = await keepTrying("redis", () => Promise.reject(new Error("away")), {
      log,
      signal: stop.signal,
      delay: () => (stop.abort(), Promise.resolve()),
    });
    expect(worked).toBe(false);
  });
});
