import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processIsAlive } from "../host/process-alive.ts";
import { UserError } from "../host/user-error.ts";
import { awaitLeftovers, LOCK_VARIABLE } from "./leftovers.ts";

/** Who holds the lock. */
export interface LockHolder {
  readonly pid: number;
  /** When the holder's process started, in clock ticks since boot: a pid alone may have been given to another. */
  readonly processStart: string;
  readonly command: string;
  readonly since: string;
  /** In the environment of every program that the holder starts; absent: an older release's lock. */
  readonly id?: string;
}

export interface Lock {
  release(): void;
}

/** Start of a process as Linux counts it; empty where there is no /proc. Undefined: no such process. */
export function processStart(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the name, may hold spaces and brackets: count from behind it. Start time is field 22.
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return processIsAlive(pid) ? "" : undefined;
  }
}

function isAlive(holder: LockHolder): boolean {
  const start = processStart(holder.pid);
  return start !== undefined && (start === "" || holder.processStart === "" || start === holder.processStart);
}

/** The holder that a lock names; undefined where it is damaged. */
function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder>;
    return typeof value.pid === "number" ? { processStart: "", command: "?", since: "?", ...value, pid: value.pid } : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined: there is no lock. */
async function readLock(file: string): Promise<string | undefined> {
  return await readFile(file, "utf8").catch(() => undefined);
}

/** Who holds a lock; undefined: nobody who is still there. */
export async function holderOf(file: string): Promise<LockHolder | undefined> {
  const holder = parseHolder((await readLock(file)) ?? "");
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/** Takes a lock away from whoever holds it. */
export async function releaseLock(file: string): Promise<void> {
  await rm(file, { force: true });
}

async function tryLink(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

const ATTEMPTS = 20;
const PAUSE_MS = 50;

/** Longer than anybody needs to look at a lock and remove it. */
const GUARD_MS = 10_000;

/**
 * Removes the lock if its holder is gone. One at a time may do that, and looks again first: as long as the stale lock
 * stands nobody can take it, so what is removed is never a new holder's.
 */
async function removeStale(file: string): Promise<void> {
  const guard = `${file}.stale`;
  try {
    await (await open(guard, "wx", 0o600)).close();
  } catch {
    const age = await stat(guard).then((found) => Date.now() - found.mtimeMs, () => 0);
    // Its maker was killed between two lines.
    if (age > GUARD_MS) await rm(guard, { force: true });
    return;
  }
  try {
    const text = await readLock(file);
    // Released meanwhile: the next one who looks may have it.
    if (text === undefined) return;
    const holder = parseHolder(text);
    if (holder === undefined || !isAlive(holder)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function releasable(file: string, mine: string): Lock {
  const release = (): void => {
    process.removeListener("exit", release);
    try {
      // Somebody may have taken it away and given it to another: that one's is left alone.
      if (readFileSync(file, "utf8") === mine) rmSync(file, { force: true });
    } catch {
      // It is gone already.
    }
  };
  process.once("exit", release);
  return { release };
}

/**
 * Takes the lock of an environment, so that two deployments do not meet. The lock of a process that is gone is taken
 * over, once the programs that it started have ended. Released by `release`, and when the process exits.
 * @throws UserError naming the holder.
 */
export async function takeLock(file: string, command: string): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mine: LockHolder = {
    pid: process.pid,
    processStart: processStart(process.pid) ?? "",
    command,
    since: new Date().toISOString(),
    id: randomUUID(),
  };
  let killed: LockHolder | undefined;
  const own = `${file}.${randomUUID()}`;
  try {
    // A link appears whole or not at all: nobody reads a half-written lock.
    const text = JSON.stringify(mine);
    await writeFile(own, text, { mode: 0o600 });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await tryLink(own, file)) {
        const lock = releasable(file, text);
        if (killed?.id !== undefined) await awaitLeftovers(killed.id);
        process.env[LOCK_VARIABLE] = mine.id;
        return lock;
      }
      const holder = parseHolder((await readLock(file)) ?? "");
      if (holder && isAlive(holder))
        throw new UserError(
          `Another \`astra ${holder.command}\` is at work on this environment (process ${holder.pid}, since ${holder.since}).\n` +
            "Wait for it to end, or end it; then run this again. One that hangs: ./astra unlock --force",
        );
      killed = holder ?? killed;
      await removeStale(file);
      await sleep(PAUSE_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new UserError(`The lock ${file} cannot be taken: another command keeps taking it. Try again.`);
}
