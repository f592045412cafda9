import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { cpuSecondsOf } from "../process-cpu.ts";

const CORES = availableParallelism();
/** Who runs where: the proxy under test has a core for itself, and everything else stays off it. */
export const CORE = { proxy: 0, load: 1 % CORES, upstream: CORES > 2 ? 2 : 1 % CORES, redis: CORES > 3 ? 3 : 1 % CORES } as const;

export interface Running {
  readonly pid: number;
  /** CPU time of it and of its children, seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").concat("/usr/sbin", "/sbin").some((folder) => {
    try {
      return readdirSync(folder).includes(program);
    } catch {
      return false;
    }
  });
}

/** Programs that make the load and hold processes to their cores, and the Debian package of each. */
const TOOLS = { wrk: "wrk", h2load: "nghttp2-client", taskset: "util-linux" } as const;

/** Debian packages of the tools that are not installed. */
export function missingTools(): readonly string[] {
  return Object.entries(TOOLS).flatMap(([program, name]) => (isInstalled(program) ? [] : [name]));
}

/** Starts a program on one core and waits until it listens. @throws Error with its last words where it does not. */
export async function startOn(core: number, command: readonly string[], port: number, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  const child = spawn("taskset", ["-c", String(core), ...command], { env: { ...process.env, PATH: path, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
  try {
    await untilListening(child, port);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${command.join(" ")} did not start: ${words.trim()}`, { cause: error });
  }
  const pid = child.pid ?? 0;
  return { pid, cpuSeconds: () => cpuSecondsOf(pid), stop: () => end(child) };
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (Date.now() < endMs && child.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await delay(50);
  }
  throw new Error("nobody listens");
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 8_000);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
