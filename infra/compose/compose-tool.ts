import { run } from "../host/run.ts";
import { UserError } from "../host/user-error.ts";

/** The compose program that is here. */
export interface ComposeTool {
  readonly program: string;
  readonly args: readonly string[];
  readonly version: string;
  /** v2.20.2 and newer write a health check's start interval. */
  readonly startInterval: boolean;
}

const VERSION_DEADLINE_MS = 15_000;

/** Compares dotted numbers: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.replace(/^v/, "").split(/[.+-]/).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (Number.isNaN(difference)) return 0;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The compose program of this machine: `docker compose` (v2), else `docker-compose`; undefined when there is none. */
export async function findComposeTool(): Promise<ComposeTool | undefined> {
  const candidates = [
    { program: "docker", args: ["compose"] },
    { program: "docker-compose", args: [] },
  ];
  for (const candidate of candidates) {
    const result = await run(candidate.program, [...candidate.args, "version", "--short"], {
      deadlineMs: VERSION_DEADLINE_MS,
    });
    const version = result.stdout.trim();
    if (result.code === 0 && /^v?\d+\.\d+/.test(version))
      return { ...candidate, version, startInterval: compareVersions(version, "2.20.2") >= 0 };
  }
  return undefined;
}

/** Oldest docker-compose that reads the files that we write. */
export const OLDEST_COMPOSE = "1.29.0";

/** @throws UserError when there is no compose program, or it is too old. */
export async function requireComposeTool(): Promise<ComposeTool> {
  const tool = await findComposeTool();
  if (tool === undefined)
    throw new UserError("Docker Compose is not installed. On Debian or Ubuntu: apt-get install docker-compose");
  if (compareVersions(tool.version, OLDEST_COMPOSE) < 0)
    throw new UserError(
      `docker-compose ${tool.version} is too old: ${OLDEST_COMPOSE} or newer is needed. On Debian or Ubuntu: apt-get install docker-compose`,
    );
  return tool;
}
