import { rm } from "node:fs/promises";
import { removeEnvironmentData } from "../compose/resources.ts";
import { environmentContainers } from "../host/containers.ts";
import { docker } from "../host/docker.ts";
import { environmentFolder } from "../host/paths.ts";
import { networkName, SECRETS_WRITER } from "../platform/names.ts";
import type { Engine, Report, StackTarget } from "./engine.ts";
import { stackMembers } from "./plan.ts";
import { ensureStack, exportStack, operate, removeStack } from "./pulumi-stack.ts";

/** Generated secrets stay in the state when containers go. */
const SECRETS = "**random:index/randomPassword:RandomPassword::**";

const REMOVE_MS = 60_000;

interface StateResource {
  readonly type: string;
  readonly id?: string;
}

/** Ids of everything that a stack's state knows. */
function idsIn(state: unknown): ReadonlySet<string> {
  const { deployment } = (state ?? {}) as { deployment?: { resources?: readonly StateResource[] } };
  return new Set((deployment?.resources ?? []).flatMap((resource) => resource.id ?? []));
}

/**
 * Removes what a killed run made and did not get to write down: Pulumi would make it a second time and fail on the
 * name. Only what carries our labels and this stack's names is touched, and never a volume.
 */
async function removeForgotten(target: StackTarget, state: unknown, report: Report): Promise<void> {
  // A cluster's objects are applied: what is there already is taken over.
  if (target.settings.target === "kubernetes") return;
  const { environment } = target.settings;
  const all = await environmentContainers(environment);
  const writers = all.filter(
    (container) => container.workload === SECRETS_WRITER && (container.colour ?? "foundation") === target.stack,
  );
  const known = idsIn(state);
  for (const container of [...stackMembers(all, target.stack), ...writers]) {
    if (known.has(container.id)) continue;
    report(`removing ${container.name}, which an interrupted run left`);
    await docker(["rm", "--force", container.id], { deadlineMs: REMOVE_MS });
  }
  if (target.stack !== "foundation") return;
  const network = await docker(["network", "inspect", "--format", "{{.Id}}", networkName(environment)]);
  // Fails while a colour stands on it, and then it stays.
  if (network.code === 0 && !known.has(network.stdout.trim())) await docker(["network", "rm", networkName(environment)]);
}

/** `+  docker:index:Container foundation-redis-1 created (0.59s)` as `foundation-redis-1 created`. */
export function progressOf(line: string): string | undefined {
  const match = /^\s*\S*\s+docker:index[:/]\S+ (\S+) (creat|updat|delet|replac)(\w+)/.exec(line);
  return match ? `${match[1] ?? ""} ${match[2] ?? ""}${match[3] ?? ""}` : undefined;
}

function reporting(report: Report): (line: string) => void {
  return (line) => {
    const text = progressOf(line);
    if (text !== undefined) report(text);
  };
}

/**
 * What `up` of a stack would change, as Pulumi's JSON; undefined where the stack has never been deployed: making it, to
 * look at it, would be a change.
 */
export async function pulumiPreview(target: StackTarget): Promise<string | undefined> {
  if ((await exportStack(target.stackName)) === undefined) return undefined;
  await ensureStack(target);
  return await operate(target, ["preview", "--refresh", "--json"]);
}

/** Deploys by the Pulumi engine. */
export const pulumiEngine: Engine = {
  name: "pulumi",

  async deploy(deployment, report) {
    await removeForgotten(deployment, await ensureStack(deployment), report);
    // Called only where containers are not as they shall be, so what is real is looked at first.
    await operate(deployment, ["up", "--yes", "--skip-preview", "--refresh", "--suppress-outputs"], reporting(report));
  },

  async remove(target, report) {
    if ((await exportStack(target.stackName)) === undefined) return;
    await ensureStack(target);
    await operate(target, ["destroy", "--yes", "--skip-preview", "--refresh", "--exclude", SECRETS], reporting(report));
  },

  async purge(targets, report) {
    for (const target of [...targets].reverse()) {
      if ((await exportStack(target.stackName)) === undefined) continue;
      report(`stack ${target.stackName}`);
      await ensureStack(target);
      await operate(target, ["destroy", "--yes", "--skip-preview"], reporting(report));
      await removeStack(target.stackName);
    }
    for (const environment of new Set(targets.map((target) => target.settings.environment))) {
      if (targets.every(({ settings }) => settings.target === "docker")) await removeEnvironmentData(environment, report);
      await rm(environmentFolder(environment), { recursive: true, force: true });
    }
  },
};
