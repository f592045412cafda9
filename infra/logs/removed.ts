import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createGzip } from "node:zlib";
import type { Container } from "../host/containers.ts";
import { readObject, writeWhole } from "../host/files.ts";
import { environmentFolder } from "../host/paths.ts";
import type { ReadOptions } from "./docker-logs.ts";

/** Logs of removed containers are kept for this long. */
export const KEPT_DAYS = 7;
const DAY_MS = 24 * 3_600_000;
/** Once its container is gone, what is left of a log is read within this time. */
const REST_MS = 30_000;

const FACTS = "containers.json";

/** Where the logs of an environment's removed containers lie, one folder for each removal. */
export function removedFolder(environment: string, stateFolder?: string): string {
  return join(environmentFolder(environment, stateFolder), "removed-logs");
}

/** `20261121T150000000Z-green`: sorts by time. */
function folderName(at: Date, stack: string): string {
  return `${at.toISOString().replaceAll(/[-:.]/g, "")}-${stack}`;
}

/** When a removal was, by the name of its folder; undefined: it is another folder. */
function momentOfFolder(name: string): number | undefined {
  const [, year, month, day, hour, minute, second, ms] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(name) ?? [];
  return ms === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** Removes what was kept for longer than a week. */
export async function pruneRemoved(environment: string, nowMs: number, stateFolder?: string): Promise<void> {
  const folder = removedFolder(environment, stateFolder);
  for (const name of await readdir(folder).catch(() => [])) {
    const moment = momentOfFolder(name);
    if (moment !== undefined && nowMs - moment > KEPT_DAYS * DAY_MS) await rm(join(folder, name), { recursive: true, force: true });
  }
}

export interface Removal {
  readonly environment: string;
  /** Part of the platform that they belong to: a colour. */
  readonly stack: string;
  readonly containers: readonly Container[];
  /** Lines of a container's log, until it ends or the signal. */
  readonly log: (container: string, options: ReadOptions, signal: AbortSignal) => AsyncIterable<string>;
  readonly now?: () => Date;
  readonly stateFolder?: string;
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/**
 * Does `work`, which removes containers, and keeps their logs to the last line. A log that cannot be kept is no reason
 * not to remove its container.
 */
export async function keepingLogs<T>({ environment, stack, containers, log, now = () => new Date(), stateFolder }: Removal, work: () => Promise<T>): Promise<T> {
  if (containers.length === 0) return await work();
  const at = now();
  await pruneRemoved(environment, at.getTime(), stateFolder);
  const folder = join(removedFolder(environment, stateFolder), folderName(at, stack));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, FACTS), `${JSON.stringify({ containers }, null, 2)}\n`);
  const ending = new AbortController();
  const readers = containers.map(async ({ name }) => {
    const lines = Readable.from(withLineEnds(log(name, { follow: true }, ending.signal)));
    await pipeline(lines, createGzip(), createWriteStream(join(folder, `${name}.log.gz`), { mode: 0o600 })).catch(() => undefined);
  });
  try {
    return await work();
  } finally {
    const timer = setTimeout(() => ending.abort(), REST_MS);
    await Promise.all(readers);
    clearTimeout(timer);
  }
}

/** A log that was kept. */
export interface KeptLog {
  readonly container: Container;
  readonly file: string;
}

/** Every log that is kept, oldest removal first. */
export async function keptLogs(environment: string, nowMs: number, stateFolder?: string): Promise<readonly KeptLog[]> {
  await pruneRemoved(environment, nowMs, stateFolder);
  const folder = removedFolder(environment, stateFolder);
  const kept: KeptLog[] = [];
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    if (momentOfFolder(name) === undefined) continue;
    const facts = (await readObject(join(folder, name, FACTS))) as { readonly containers?: readonly Container[] } | undefined;
    for (const container of facts?.containers ?? []) kept.push({ container, file: join(folder, name, `${container.name}.log.gz`) });
  }
  return kept;
}

/** Lines of a kept log, from `since` on. One whose writer was killed is read as far as it goes. */
export async function* linesOfKept(file: string, since: string | undefined): AsyncGenerator<string> {
  const text = createReadStream(file).on("error", () => undefined);
  const plain = text.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  text.on("error", (error) => plain.destroy(error));
  try {
    // Stamps are in UTC and sort as text, as far as `since` is written.
    for await (const line of createInterface({ input: plain, crlfDelay: Infinity })) if (since === undefined || line.slice(0, since.length - 1) >= since.slice(0, -1)) yield line;
  } catch {
    // Nothing was written of it.
  }
}
