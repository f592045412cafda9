import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { lastLogLines } from "../host/containers.ts";
import { docker, dockerOrFail } from "../host/docker.ts";
import { processIsAlive } from "../host/process-alive.ts";
import { lastLines, type RunResult } from "../host/run.ts";
import type { CommandLine } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";

/** By it a later run finds what a killed one left. It is no label of an environment: `status` and `down` see no helper. */
const LABEL = "astratrade.restore";

/** Who started a helper: an engine may be used from several machines. */
export function helperOwner(pid = process.pid): string {
  return `${hostname()}/${pid}`;
}

/** A helper whose command was killed ends by itself. */
export const LIFETIME_SECONDS = 4 * 3_600;
const STOP_SECONDS = 300;
const REMOVE_MS = 60_000;
/** What waits for the disk, on a busy one. */
const SCRIPT_MS = 600_000;
const POLL_MS = 100;

const standing = new Set<string>();
process.on("exit", () => {
  if (standing.size > 0) spawnSync("docker", ["rm", "--force", "--volumes", ...standing], { timeout: 20_000 });
});

/** What to start. */
export interface HelperOptions {
  /** `postgres` or `redis`: part of its name. */
  readonly kind: string;
  readonly image: string;
  /** Where its data lies in the container. */
  readonly dataPath: string;
  /** Volume that the data goes into; absent: one that goes with the container. */
  readonly volume?: string;
  readonly tmpfs: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Run by `bash -c`. */
  readonly script: string;
}

/** A container without a network that holds or makes a copy of a store: as confined as those of the platform, and last in the queue for the processor. */
export class HelperContainer {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async start({ kind, image, dataPath, volume, tmpfs, environment = {}, memoryMb, script }: HelperOptions): Promise<HelperContainer> {
    const name = `astra-restore-${kind}-${randomUUID().slice(0, 8)}`;
    standing.add(name);
    await dockerOrFail([
      ...["run", "--detach", "--name", name, "--label", `${LABEL}=${helperOwner()}`],
      ...["--network", "none", "--user", "1000:1000", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      ...["--memory", `${memoryMb}m`, "--memory-swap", `${memoryMb}m`, "--cpu-shares", "128"],
      ...["--volume", volume === undefined ? dataPath : `${volume}:${dataPath}`],
      ...tmpfs.flatMap((each) => ["--tmpfs", each]),
      ...Object.entries(environment).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...["--stop-timeout", String(STOP_SECONDS), "--entrypoint", "bash", image, "-c", script],
    ]);
    return new HelperContainer(name);
  }

  /** What runs a command inside. */
  inside(command: readonly string[]): CommandLine {
    return { program: "docker", args: ["exec", "--interactive", this.name, ...command] };
  }

  async run(command: readonly string[], deadlineMs: number): Promise<RunResult> {
    return await docker(["exec", this.name, ...command], { deadlineMs });
  }

  /** @throws UserError with what the command complained of. */
  async runOrFail(command: readonly string[], what: string, deadlineMs: number): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, deadlineMs);
    if (code !== 0) throw new UserError(`${what} failed (exit ${code}):\n${lastLines(stderr === "" ? stdout : stderr, 10)}`);
    return stdout;
  }

  /** Waits until a command inside succeeds. @throws UserError with the last log lines when the container ends before. */
  async until(command: readonly string[], what: string, deadlineMs: number): Promise<void> {
    const end = performance.now() + deadlineMs;
    for (;;) {
      if ((await this.run(command, deadlineMs)).code === 0) return;
      const state = await docker(["inspect", "--format", "{{.State.Status}}", this.name]);
      if (state.stdout.trim() !== "running" || performance.now() > end)
        throw new UserError(`${what} did not start. Its last log lines:\n${await lastLogLines(this.name, 20)}`);
      await sleep(POLL_MS);
    }
  }

  /** Ends its program with a signal. @throws UserError when it does not end with 0. */
  async stop(signal: string, what: string): Promise<void> {
    await dockerOrFail(["kill", "--signal", signal, this.name]);
    const code = (await dockerOrFail(["wait", this.name], { deadlineMs: STOP_SECONDS * 1000 })).trim();
    if (code !== "0") throw new UserError(`${what} ended with exit code ${code}. Its last log lines:\n${await lastLogLines(this.name, 20)}`);
  }

  /** Removes it, with its nameless volume. */
  async remove(): Promise<void> {
    await docker(["rm", "--force", "--volumes", this.name], { deadlineMs: REMOVE_MS });
    standing.delete(this.name);
  }
}

/** Removes helpers whose command was killed, on this machine. */
export async function removeAbandonedHelpers(): Promise<void> {
  const list = await dockerOrFail(["ps", "--all", "--filter", `label=${LABEL}`, "--format", `{{.Names}} {{.Label "${LABEL}"}}`]);
  for (const line of list.split("\n")) {
    const [name, owner = ""] = line.split(" ");
    const pid = Number(owner.slice(owner.lastIndexOf("/") + 1));
    if (name !== undefined && owner === helperOwner(pid) && !processIsAlive(pid)) await docker(["rm", "--force", "--volumes", name], { deadlineMs: REMOVE_MS });
  }
}

/**
 * Runs a short script on a volume, as its owner and without a network.
 * @returns what it printed
 */
export async function onVolume(image: string, volume: string, path: string, script: string): Promise<RunResult> {
  const confinement = ["--network", "none", "--user", "1000:1000", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
  return await docker(["run", "--rm", ...confinement, "--volume", `${volume}:${path}`, "--entrypoint", "bash", image, "-c", script], { deadlineMs: SCRIPT_MS });
}
