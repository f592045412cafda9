import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { processIsAlive } from "../host/process-alive.ts";

/** In the environment of everything that a command starts while it holds a lock: the lock's id. */
export const LOCK_VARIABLE = "ASTRA_LOCK";

/** Programs that change an environment. Others may go on, such as a Docker engine that the command started. */
const PROGRAMS: ReadonlySet<string> = new Set(["pulumi", "docker-compose", "docker", "kubectl"]);

const POLL_MS = 200;
/** Their output goes nowhere any more, and with their next line they end by themselves. */
const WAIT_MS = 20_000;
const TERMINATE_MS = 10_000;

/** A program that the holder of a lock started. */
export interface Leftover {
  readonly pid: number;
  readonly program: string;
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It has ended, or is somebody else's.
    return "";
  }
}

/** Name of a running process' program; empty where nobody says. Undefined: no such process. */
export function programOf(pid: number): string | undefined {
  const program = text(`/proc/${pid}/comm`).trim();
  if (program !== "") return program;
  return processIsAlive(pid) ? "" : undefined;
}

/** Programs that still run for a lock. None where there is no /proc. */
export function leftoversOf(lockId: string, proc = "/proc"): readonly Leftover[] {
  let entries: readonly string[];
  try {
    entries = readdirSync(proc);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const program = text(`${proc}/${entry}/comm`).trim();
      if (!PROGRAMS.has(program) || !text(`${proc}/${entry}/environ`).split("\0").includes(`${LOCK_VARIABLE}=${lockId}`)) return [];
      // One that has ended and that nobody has asked for its exit code does nothing any more.
      const isZombie = / Z /.test(text(`${proc}/${entry}/stat`).replace(/^.*\)/, ")"));
      return isZombie ? [] : [{ pid: Number(entry), program }];
    });
}

export interface LeftoverHost {
  leftovers(): readonly Leftover[];
  end(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
  now(): number;
  sleep(ms: number): Promise<void>;
}

function processes(lockId: string): LeftoverHost {
  return {
    leftovers: () => leftoversOf(lockId),
    end: (pid, signal) => {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended meanwhile.
      }
    },
    now: () => performance.now(),
    sleep: async (ms) => {
      await sleep(ms);
    },
  };
}

/**
 * Waits until nothing that a killed command started is at work any more: two programs must not change an environment at
 * once. What does not end in 20 s is asked to, and 10 s later made to.
 */
export async function awaitLeftovers(lockId: string, host: LeftoverHost = processes(lockId)): Promise<void> {
  const gone = async (withinMs: number): Promise<boolean> => {
    const started = host.now();
    while (host.leftovers().length > 0) {
      if (host.now() - started >= withinMs) return false;
      await host.sleep(POLL_MS);
    }
    return true;
  };
  if (await gone(WAIT_MS)) return;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const { pid } of host.leftovers()) host.end(pid, signal);
    if (await gone(TERMINATE_MS)) return;
  }
}
