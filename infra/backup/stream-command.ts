import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import type { CommandLine } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";

/** Characters of what a program complains of that a person is shown. */
const LONGEST_COMPLAINT = 2_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

interface Started {
  readonly child: ChildProcess;
  /** Resolves when it ended with 0. */
  readonly ended: Promise<void>;
}

function start({ program, args }: CommandLine, what: string, stdio: readonly ("ignore" | "pipe")[], deadlineMs: number): Started {
  const child = spawn(program, args, { stdio: [...stdio] });
  running.add(child);
  let complaint = "";
  let late = false;
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (complaint = `${complaint}${chunk}`.slice(-LONGEST_COMPLAINT)));
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, deadlineMs);
  const ended = new Promise<void>((resolve, reject) => {
    const finish = (failure: string | undefined): void => {
      clearTimeout(timer);
      running.delete(child);
      if (failure === undefined) resolve();
      else reject(new UserError(failure));
    };
    child.on("error", (error) => finish(`${what} cannot be started: ${error.message}`));
    child.on("close", (code) => {
      const reason = late ? `did not end within ${Math.round(deadlineMs / 1000)} s` : `failed (exit ${code ?? "by a signal"})`;
      finish(code === 0 && !late ? undefined : `${what} ${reason}:\n${complaint.trim()}`);
    });
  });
  // Whoever waits hears of it; nobody may be waiting yet.
  ended.catch(() => undefined);
  return { child, ended };
}

/**
 * What a command writes, as it comes. It ends well only when the command has; after the deadline it is ended. `what` is
 * the subject of the error: "pg_dump".
 * @throws UserError with what the command complained of.
 */
export async function* outputOf(command: CommandLine, what: string, deadlineMs: number): AsyncGenerator<Uint8Array> {
  const { child, ended } = start(command, what, ["ignore", "pipe", "pipe"], deadlineMs);
  try {
    for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) yield chunk;
    await ended;
  } finally {
    if (child.exitCode === null) child.kill("SIGKILL");
  }
}

/** Gives a command all of `content` to read, and waits until it ended well. @throws UserError as `outputOf`. */
export async function feed(command: CommandLine, what: string, content: NodeJS.ReadableStream, deadlineMs: number): Promise<void> {
  const { child, ended } = start(command, what, ["pipe", "ignore", "pipe"], deadlineMs);
  if (child.stdin === null) throw new Error("no standard input");
  // A command that has ended does not read on: its exit code says more than the broken pipe.
  await Promise.all([pipeline(content, child.stdin).catch(async () => await Promise.race([ended, once(child, "close")])), ended]);
}
