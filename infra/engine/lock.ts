import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../host/user-error.ts";

/** Who holds the lock. */
export interface LockHolder {
  readonly pid: number;
  /** When the holder's process started, in clock ticks since boot: a pid alone may have been given to another. */
  readonly processStart: string;
  readonly command: string;
  readonly since: string;
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
    try {
      process.kill(pid, 0);
      return "";
    } catch (error) {
      return error instanceof Error && "code" in error && error.code === "EPERM" ? "" : undefined;
    }
  }
}

function isAlive(holder: LockHolder): boolean {
  const start = processStart(holder.pid);
  return start !== undefined && (start === "" || holder.processStart === "" || start === holder.processStart);
}

async function readHolder(file: string): Promise<LockHolder | undefined> {
  try {
    const value = JSON.parse(await readFile(file, "utf8")) as Partial<LockHolder>;
    return typeof value.pid === "number" ? { processStart: "", command: "?", since: "?", ...value, pid: value.pid } : undefined;
  } catch {
    return undefined;
  }
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

/** Moves the lock aside before it is removed: had another taken it meanwhile, it is put back. */
async function removeStale(file: string, aside: string, judged: LockHolder | undefined): Promise<void> {
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const moved = await readHolder(aside);
  if (moved && moved.pid !== judged?.pid) await tryLink(aside, file);
  await rm(aside, { force: true });
}

function releasable(file: string): Lock {
  const release = (): void => {
    process.removeListener("exit", release);
    rmSync(file, { force: true });
  };
  process.once("exit", release);
  return { release };
}

/**
 * Takes the lock of an environment, so that two deployments do not meet. The lock of a process that is gone is taken
 * over. Released by `release`, and when the process exits.
 * @throws UserError naming the holder.
 */
export async function takeLock(file: string, command: string): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mine: LockHolder = {
    pid: process.pid,
    processStart: processStart(process.pid) ?? "",
    command,
    since: new Date().toISOString(),
  };
  const own = `${file}.${process.pid}`;
  try {
    // A link appears whole or not at all: nobody reads a half-written lock.
    await writeFile(own, JSON.stringify(mine), { mode: 0o600 });
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await tryLink(own, file)) return releasable(file);
      const holder = await readHolder(file);
      if (holder && isAlive(holder))
        throw new UserError(
          `Another \`astra ${holder.command}\` is at work on this environment (process ${holder.pid}, since ${holder.since}).\n` +
            "Wait for it to end, or end it; then run this again.",
        );
      await removeStale(file, `${own}.stale`, holder);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new UserError(`The lock ${file} cannot be taken: another command keeps taking it. Try again.`);
}
