import { setTimeout as sleep } from "node:timers/promises";
import type { ReadinessHost } from "../engine/readiness.ts";
import type { Probe } from "../platform/workload.ts";
import { inspectContainers, lastExitCode, lastLogLines } from "./containers.ts";
import { docker } from "./docker.ts";

const PROBE_DEADLINE_MS = 5_000;

/** Asks a container's probe once, from inside: the same command as its health check, reachable on every engine. */
export async function askProbe(container: string, probe: Probe): Promise<boolean> {
  const command = probe.type === "http" ? ["http-health", String(probe.port), probe.path] : probe.command;
  return (await docker(["exec", container, ...command], { deadlineMs: PROBE_DEADLINE_MS })).code === 0;
}

/** The real machine. */
export const dockerHost: ReadinessHost = {
  inspect: inspectContainers,
  probe: askProbe,
  logs: lastLogLines,
  lastExitCode,
  now: () => performance.now(),
  sleep: async (ms) => {
    await sleep(ms);
  },
};
