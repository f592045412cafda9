import { hostname } from "node:os";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { NAMESPACE } from "../config/check.ts";
import { stackFileName, valuesOfPaths } from "../config/stack-file.ts";
import { readIfThere, writeWhole } from "../host/files.ts";
import { environmentFolder, PROJECT_ROOT } from "../host/paths.ts";
import { run, type RunResult } from "../host/run.ts";
import type { StackTarget } from "./engine.ts";
import { pulumiEnvironment } from "./pulumi-env.ts";
import { programOf } from "./leftovers.ts";
import { PulumiError, pulumiError } from "./pulumi-errors.ts";

/** Deadlines: of a question to the backend, and of an operation with builds and grace periods in it. */
const QUICK_MS = 60_000;
const OPERATION_MS = 1_200_000;

const NO_SUCH_PROGRAM = 127;

/** Folder with a project file and the stack files of one environment: ours, so that the checkout's stay as they are. */
function projectFolder(environment: string): string {
  return join(environmentFolder(environment), "pulumi");
}

function configFile(target: StackTarget): string {
  return join(projectFolder(target.settings.environment), stackFileName(target.stackName));
}

async function pulumi(args: readonly string[], deadlineMs: number, onLine?: (line: string) => void): Promise<RunResult> {
  const result = await run("pulumi", [...args, "--non-interactive", "--color", "never"], {
    deadlineMs,
    cwd: PROJECT_ROOT,
    env: pulumiEnvironment(PROJECT_ROOT),
    ...(onLine ? { onLine } : {}),
  });
  if (result.code === NO_SUCH_PROGRAM) {
    throw new PulumiError("pulumi-missing", "The program `pulumi` is not on the PATH. See https://www.pulumi.com/docs/install");
  }
  return result;
}

/** Writes what the command line says over the committed config; the salt that Pulumi put there stays. */
async function writeConfig(target: StackTarget): Promise<void> {
  const file = configFile(target);
  const before: unknown = parse((await readIfThere(file)) ?? "");
  const salt = (before as { encryptionsalt?: string } | null)?.encryptionsalt;
  const values = Object.entries(valuesOfPaths(target.overrides)).map(([key, value]) => [`${NAMESPACE}:${key}`, value]);
  const config = Object.fromEntries(values) as Record<string, unknown>;
  await writeWhole(file, stringify({ config, ...(salt === undefined ? {} : { encryptionsalt: salt }) }));
  const project = { ...(parse(await readFile(join(PROJECT_ROOT, "Pulumi.yaml"), "utf8")) as object), stackConfigDir: "." };
  await writeWhole(join(projectFolder(target.settings.environment), "Pulumi.yaml"), stringify(project));
}

/**
 * Writes the stack's config, and makes the stack where it is missing.
 * @returns Its state.
 */
export async function ensureStack(target: StackTarget): Promise<unknown> {
  await writeConfig(target);
  const state = await exportStack(target.stackName);
  if (state !== undefined) return state;
  const folder = projectFolder(target.settings.environment);
  const result = await pulumi(["stack", "init", target.stackName, "--no-select", "--cwd", folder], QUICK_MS);
  if (result.code !== 0) throw pulumiError("stack init", target.stackName, result.stderr);
  return undefined;
}

/** The process that holds the lock ran on this machine and is gone, or its number is another program's by now: it was killed. */
function lockIsStale(output: string): boolean {
  const match = /created by \S+@(\S+) \(pid (\d+)\)/.exec(output);
  if (match?.[1] !== hostname()) return false;
  const program = programOf(Number(match[2]));
  return program === undefined || (program !== "" && program !== "pulumi");
}

/**
 * Runs an operation on a stack: `up`, `destroy`, `preview`, `refresh`. A lock that a killed run left behind is taken
 * away, once.
 * @returns What it printed.
 * @throws PulumiError in one clear line where the reason is known.
 */
export async function operate(target: StackTarget, args: readonly string[], onLine?: (line: string) => void): Promise<string> {
  const [action = ""] = args;
  const all = [...args, "--stack", target.stackName, "--config-file", configFile(target)];
  let result = await pulumi(all, OPERATION_MS, onLine);
  if (result.code !== 0 && lockIsStale(result.stdout + result.stderr)) {
    await pulumi(["cancel", "--yes", target.stackName], QUICK_MS);
    result = await pulumi(all, OPERATION_MS, onLine);
  }
  if (result.code !== 0) throw pulumiError(action, target.stackName, `${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

/** Everything that a stack's state holds; undefined when there is no such stack. */
export async function exportStack(stackName: string): Promise<unknown> {
  const result = await pulumi(["stack", "export", "--stack", stackName], QUICK_MS);
  if (result.code === 0) return JSON.parse(result.stdout);
  if (/no stack named/.test(result.stderr)) return undefined;
  throw pulumiError("stack export", stackName, result.stderr);
}

/** Forgets a stack that has nothing left in it. */
export async function removeStack(stackName: string): Promise<void> {
  const result = await pulumi(["stack", "rm", stackName, "--yes", "--preserve-config"], QUICK_MS);
  if (result.code !== 0 && !/no stack named/.test(result.stderr)) throw pulumiError("stack rm", stackName, result.stderr);
}

/** Outputs of a stack; secret ones are not shown. */
export async function stackOutputs(stackName: string): Promise<Record<string, unknown>> {
  const result = await pulumi(["stack", "output", "--json", "--stack", stackName], QUICK_MS);
  if (result.code !== 0) throw pulumiError("stack output", stackName, result.stderr);
  return JSON.parse(result.stdout) as Record<string, unknown>;
}
