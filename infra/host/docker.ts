import { run, runOrFail, type RunOptions, type RunResult } from "./run.ts";

/** Deadline of a question that the engine answers at once. */
export const QUICK_MS = 20_000;

/** Runs `docker` with these arguments; the caller judges the exit code. */
export async function docker(args: readonly string[], options: Partial<RunOptions> = {}): Promise<RunResult> {
  return await run("docker", args, { deadlineMs: QUICK_MS, ...options });
}

/** @throws UserError when docker fails. */
export async function dockerOrFail(args: readonly string[], options: Partial<RunOptions> = {}): Promise<string> {
  return await runOrFail("docker", args, { deadlineMs: QUICK_MS, ...options });
}

/** Major version of the engine (server), or why it cannot be asked. */
export async function engineVersion(): Promise<{ major: number; version: string } | { problem: string }> {
  const result = await docker(["version", "--format", "{{.Server.Version}}"]);
  const version = result.stdout.trim();
  if (result.code !== 0 || version === "") return { problem: result.stderr.trim() || `docker exited with ${result.code}` };
  return { major: Number.parseInt(version, 10), version };
}

/** Memory of the machine that the engine runs on; undefined when it does not say. */
export async function engineMemoryBytes(): Promise<number | undefined> {
  const result = await docker(["info", "--format", "{{.MemTotal}}"]);
  const bytes = Number(result.stdout.trim());
  return result.code === 0 && Number.isInteger(bytes) && bytes > 0 ? bytes : undefined;
}
