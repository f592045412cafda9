import { spawn, type ChildProcess } from "node:child_process";
import { LABELS } from "../platform/labels.ts";

export interface ReadOptions {
  /** ISO 8601: lines from then on. */
  readonly since?: string;
  /** Last lines only. */
  readonly tail?: number;
  readonly follow?: boolean;
}

const reading = new Set<ChildProcess>();
// A follower of a container that says nothing would stay for ever: it does not notice that its reader is gone.
process.on("exit", () => {
  for (const child of reading) child.kill("SIGKILL");
});

/** Lines that a program prints. It is asked for no more than is read, and ended with the signal or the reader's end. */
export async function* linesOf(program: string, args: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  if (signal.aborted) return;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  // There is no such program: then there are no lines.
  child.on("error", () => undefined);
  reading.add(child);
  const end = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  try {
    let rest = "";
    for await (const chunk of child.stdout.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines.map((line) => line.replace(/\r$/, ""));
    }
    if (rest !== "") yield rest;
  } finally {
    signal.removeEventListener("abort", end);
    reading.delete(child);
    end();
  }
}

/** A container's log, each line with the engine's time in front. */
export async function* containerLog(container: string, options: ReadOptions, signal: AbortSignal): AsyncGenerator<string> {
  const args = [
    "--timestamps",
    ...(options.follow ? ["--follow"] : []),
    ...(options.since === undefined ? [] : ["--since", options.since]),
    ...(options.tail === undefined ? [] : ["--tail", String(options.tail)]),
    container,
  ];
  // Both outputs through one pipe: they stay in order, and neither fills up while the other one is read.
  yield* linesOf("sh", ["-c", 'exec docker logs "$@" 2>&1', "docker-logs", ...args], signal);
}

/** Ids of an environment's containers as they start. */
export async function* containerStarts(environment: string, signal: AbortSignal): AsyncGenerator<string> {
  const filters = ["type=container", "event=start", `label=${LABELS.environment}=${environment}`];
  yield* linesOf("docker", ["events", ...filters.flatMap((filter) => ["--filter", filter]), "--format", "{{.Actor.ID}}"], signal);
}
