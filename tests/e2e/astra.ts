import { spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

export interface Ended {
  readonly code: number;
  /** Standard output and errors, as they came. */
  readonly output: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves as soon as the output contains this; rejects when the command ends before. */
  says(text: string): Promise<void>;
  interrupt(): void;
  /** Ends it at once, and it alone: what it started goes on. */
  kill(): void;
}

/** Starts `./astra` as a person would, without a terminal. */
export function startAstra(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(join(ROOT, "astra"), args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  const onData = (chunk: string): void => {
    output += chunk;
    for (const wait of waiting) if (output.includes(wait.text)) wait.resolve();
  };
  child.stdout.setEncoding("utf8").on("data", onData);
  child.stderr.setEncoding("utf8").on("data", onData);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      for (const wait of waiting) wait.reject(new Error(`ended without saying "${wait.text}":\n${output}`));
      resolve({ code: code ?? -1, output });
    });
  });
  return {
    ended,
    says: async (text) => {
      if (output.includes(text)) return;
      await new Promise<void>((resolve, reject) => waiting.push({ text, resolve, reject }));
    },
    interrupt: () => child.kill("SIGINT"),
    kill: () => child.kill("SIGKILL"),
  };
}

export async function astra(...args: readonly string[]): Promise<Ended> {
  return await startAstra(args).ended;
}

/** @throws Error with everything that the command said, when it fails. */
export async function astraOk(...args: readonly string[]): Promise<string> {
  const { code, output } = await astra(...args);
  if (code !== 0) throw new Error(`./astra ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}
