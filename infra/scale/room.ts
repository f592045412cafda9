import type { Container } from "../host/containers.ts";
import { engineMemoryBytes } from "../host/docker.ts";
import type { Runtime } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";
import { DEFAULT_LIMITS } from "../platform/defaults.ts";
import type { Settings } from "../platform/settings.ts";
import type { Colour } from "../platform/workload.ts";
import { availableMb } from "../setup/machine-checks.ts";
import { connectionProblem, memoryAnswer, type Addition } from "./budget.ts";
import type { Numbers } from "./numbers.ts";

const MIB = 1024 * 1024;

/** What is to have room. */
export interface Wish {
  readonly colour: Colour;
  readonly settings: Settings;
  /** As many as run now. */
  readonly now: Numbers;
  readonly numbers: Numbers;
}

/** Instances that come on top, with what their like use. */
async function additionsOf(wishes: readonly Wish[], containers: readonly Container[], runtime: Runtime): Promise<readonly Addition[]> {
  const growing = wishes.flatMap(({ colour, now, numbers }) =>
    Object.entries(numbers).flatMap(([service, number]) => {
      const count = number - (now[service] ?? 0);
      return count > 0 ? [{ colour, service, count }] : [];
    }),
  );
  const alike = containers.filter((one) => one.state === "running" && growing.some(({ service, colour }) => service === one.workload && colour === one.colour));
  const usage = alike.length === 0 ? undefined : await runtime.usage(alike);
  return growing.map(({ service, count }) => {
    const used = alike.flatMap((one) => (one.workload === service ? (usage?.get(one.name)?.memoryBytes ?? []) : []));
    return { service, count, usedBytes: used.length === 0 ? undefined : Math.max(...used) };
  });
}

/**
 * Makes sure that more instances have room: connections of PostgreSQL, and on one machine its memory. On a cluster the
 * scheduler knows what fits.
 * @returns What a person should know of it.
 * @throws UserError with what there is, and how many would fit.
 */
export async function requireRoom(wishes: readonly Wish[], containers: readonly Container[], runtime: Runtime): Promise<string | undefined> {
  for (const { settings, numbers } of wishes) {
    const problem = connectionProblem(settings, numbers);
    if (problem !== undefined) throw new UserError(`Nothing was changed: ${problem}`);
  }
  const [first] = wishes;
  if (first === undefined || first.settings.target === "kubernetes") return undefined;
  const [additions, totalBytes] = [await additionsOf(wishes, containers, runtime), await engineMemoryBytes()];
  if (totalBytes === undefined) return undefined;
  const limitOf = ({ workload }: Container): number => (first.settings.resources[workload]?.memoryMb ?? DEFAULT_LIMITS.memoryMb) * MIB;
  const limitsBytes = containers.filter((one) => one.state === "running").reduce((sum, one) => sum + limitOf(one), 0);
  const { problem, warning } = memoryAnswer(additions, first.settings, { totalBytes, availableBytes: availableMb() * MIB, limitsBytes });
  if (problem !== undefined) throw new UserError(`Nothing was changed: ${problem}`);
  return warning;
}
