import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../engine/engine.ts";
import { engineVersion } from "../host/docker.ts";
import { STATE_FOLDER } from "../host/paths.ts";
import { run, runOrFail } from "../host/run.ts";

const APT_DEADLINE_MS = 300_000;
const START_DEADLINE_MS = 30_000;

/** The machine installs packages with apt, and this process may. */
export function mayInstall(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/** @throws UserError with apt's last lines. */
export async function aptInstall(packages: readonly string[], report: Report): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  report("apt-get update");
  await runOrFail("apt-get", ["update", "-q"], { deadlineMs: APT_DEADLINE_MS, env });
  report(`apt-get install ${packages.join(" ")}`);
  await runOrFail("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...packages], {
    deadlineMs: APT_DEADLINE_MS,
    env,
    onLine: report,
  });
}

async function reachable(deadlineMs: number): Promise<boolean> {
  for (const until = Date.now() + deadlineMs; Date.now() < until; await sleep(500))
    if ("major" in (await engineVersion())) return true;
  return false;
}

/** Log of an engine that was started without a service manager. */
export const DOCKERD_LOG = join(STATE_FOLDER, "dockerd.log");

/** Starts dockerd by itself; it goes on running when this command ends. */
function startDetached(): void {
  mkdirSync(STATE_FOLDER, { recursive: true, mode: 0o700 });
  const log = openSync(DOCKERD_LOG, "a", 0o600);
  const child = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  child.on("error", () => undefined);
  child.unref();
  closeSync(log);
}

/** Starts the engine by the service manager that there is, else in the background. False: it does not answer. */
export async function startEngine(report: Report): Promise<boolean> {
  if (existsSync("/run/systemd/system")) {
    report("systemctl start docker");
    await run("systemctl", ["start", "docker"], { deadlineMs: START_DEADLINE_MS });
    return await reachable(START_DEADLINE_MS);
  }
  if (existsSync("/etc/init.d/docker")) {
    report("service docker start");
    await run("service", ["docker", "start"], { deadlineMs: START_DEADLINE_MS });
    if (await reachable(10_000)) return true;
  }
  report("dockerd in the background");
  startDetached();
  return await reachable(START_DEADLINE_MS);
}
