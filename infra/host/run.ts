import { spawn, type ChildProcess } from "node:child_process";
import { UserError } from "./user-error.ts";

export interface RunOptions {
  /** The command is ended after this time; ms, at least 1. */
  readonly deadlineMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input; absent: there is none. */
  readonly input?: string;
  /** Gets each complete line of both outputs as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** Exit code; 124 when the deadline ended it, 127 when there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const NO_SUCH_PROGRAM = 127;
const DEADLINE_PASSED = 124;

const running = new Set<ChildProcess>();

/** Asks every program that was started here to end, and waits a little until they have: for an interrupted command. */
export async function endPrograms(signal: NodeJS.Signals, waitMs: number): Promise<void> {
  const ended = [...running].map(
    async (child) =>
      await new Promise<void>((resolve) => {
        child.once("close", () => resolve());
        child.kill(signal);
      }),
  );
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, waitMs).unref());
  await Promise.race([Promise.all(ended), timeout]);
}

/** Splits a stream into lines for `onLine`. */
function lineReader(onLine: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split(/\r?\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line);
  };
}

/** Runs a program without a shell, and never for ever. Does not throw for a failing program: look at `code`. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return await new Promise((resolve) => {
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    running.add(child);
    let stdout = "";
    let stderr = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, options.deadlineMs);
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    if (options.onLine) {
      child.stdout?.on("data", lineReader(options.onLine));
      child.stderr?.on("data", lineReader(options.onLine));
    }
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: error.code === "ENOENT" ? NO_SUCH_PROGRAM : 126, stdout, stderr: stderr + error.message });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code: late ? DEADLINE_PASSED : (code ?? 1), stdout, stderr });
    });
    if (options.input !== undefined) {
      // A program that has ended already does not read its input: its exit code tells, not the broken pipe.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(options.input);
    }
  });
}

/** Last lines of an output, for an error message. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

/**
 * Runs a program that has to succeed, and gives what it printed.
 * @throws UserError with the command and its last lines.
 */
export async function runOrFail(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const result = await run(program, args, options);
  if (result.code === 0) return result.stdout;
  const command = [program, ...args].join(" ");
  if (result.code === DEADLINE_PASSED)
    throw new UserError(`\`${command}\` did not end within ${Math.round(options.deadlineMs / 1000)} s and was ended.`);
  throw new UserError(`\`${command}\` failed (exit ${result.code}):\n${lastLines(result.stderr || result.stdout, 20)}`);
}
