import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { STATE_FOLDER } from "../infra/host/paths.ts";
import { Times } from "../infra/simulate/statistics.ts";

/** How fast the machine is by itself: without it, figures of two runs cannot be told from two machines', or from a neighbour's work. */
export interface MachineLook {
  /** CPU time of a piece of work that is always the same, ms: in the best twentieth of the tries, and in half of them. */
  readonly work: { readonly bestMs: number; readonly medianMs: number };
  /** Writing 16 KB over the same place of a file and waiting for the disk, ms. */
  readonly flush: { readonly p50Ms: number; readonly p99Ms: number; readonly longestMs: number };
}

const WORK_MS = 3_000;
const FLUSH_MS = 5_000;
/** Compiled by then. */
const WARM_UP_TRIES = 20;
const FLUSHED = Buffer.alloc(16_384, "x");

/** What services mostly do: texts to objects and back. */
const ORDERS = Array.from({ length: 200 }, (_, id) => ({ id, name: `order ${id}`, amount: (id * 37) / 100, tags: ["a", "b", String(id)] }));

function workOnce(): number {
  const before = process.cpuUsage();
  for (let round = 0; round < 60; round += 1) JSON.parse(JSON.stringify(ORDERS));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function lookAtWork(): MachineLook["work"] {
  const times = new Times();
  for (let tries = 0; tries < WARM_UP_TRIES; tries += 1) workOnce();
  for (const until = performance.now() + WORK_MS; performance.now() < until; ) times.add(workOnce());
  return { bestMs: times.quantileMs(0.05), medianMs: times.quantileMs(0.5) };
}

async function lookAtDisk(): Promise<MachineLook["flush"]> {
  mkdirSync(STATE_FOLDER, { recursive: true });
  const path = join(STATE_FOLDER, `bench-flush-${process.pid}`);
  const file = openSync(path, "w");
  try {
    const times = new Times();
    for (const until = performance.now() + FLUSH_MS; performance.now() < until; await sleep(5)) {
      const began = performance.now();
      writeSync(file, FLUSHED, 0, FLUSHED.length, 0);
      fdatasyncSync(file);
      times.add(performance.now() - began);
    }
    return { p50Ms: times.quantileMs(0.5), p99Ms: times.quantileMs(0.99), longestMs: times.quantileMs(1) };
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

/** Takes 8 s, and a machine on which nothing else of ours runs. The disk is that of the project's folder. */
export async function lookAtMachine(): Promise<MachineLook> {
  return { work: lookAtWork(), flush: await lookAtDisk() };
}

/** The look in two sentences. */
export function machineLine({ work, flush }: MachineLook): string {
  return (
    `Processor: work that is always the same took ${work.medianMs.toFixed(1)} ms of its time in half of the tries, ${work.bestMs.toFixed(1)} ms in the best twentieth. ` +
    `Disk: 16 KB were written and flushed in ${flush.p50Ms.toFixed(2)} ms (p50), ${flush.p99Ms.toFixed(1)} ms (p99), ${flush.longestMs.toFixed(0)} ms at most.`
  );
}
