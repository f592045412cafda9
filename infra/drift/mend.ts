import type { Report } from "../engine/engine.ts";
import { docker, dockerOrFail } from "../host/docker.ts";
import { messageOf, UserError } from "../host/user-error.ts";
import type { ContainerForm } from "../platform/container-form.ts";
import type { DeployedStack } from "./deployed.ts";
import type { DriftField, DriftItem } from "./drift.ts";
import { mendSecretFiles } from "./secret-modes.ts";
import { describeItem } from "./text.ts";

/** Longer than the longest grace period: Docker itself ends what does not stop. */
const STOP_MS = 120_000;

/** Arguments of `docker` that give a running container back what it was deployed with, in order. */
export function updatesInPlace(form: ContainerForm, fields: readonly DriftField[]): readonly (readonly string[])[] {
  const has = (field: string): boolean => fields.some((one) => one.field === field);
  const limits = [
    // Docker takes memory and swap only together where both change.
    ...(has("memory") || has("swap") ? ["--memory", String(form.memoryBytes), "--memory-swap", form.swapBytes < 0 ? "-1" : String(form.memoryBytes + form.swapBytes)] : []),
    ...(has("cpus") ? ["--cpus", String(form.cpus)] : []),
    ...(has("cpu shares") ? ["--cpu-shares", String(form.cpuShares)] : []),
    ...(has("restart") ? ["--restart", form.restart] : []),
  ];
  const networks = fields.flatMap(({ field, expected, found }): readonly (readonly string[])[] => {
    const name = /^network (.+)$/.exec(field)?.[1];
    if (name === undefined) return [];
    const aliases = form.networks.find((network) => network.name === name)?.aliases ?? [];
    return [
      ...(found === undefined ? [] : [["network", "disconnect", name, form.name]]),
      ...(expected === undefined ? [] : [["network", "connect", ...aliases.flatMap((alias) => ["--alias", alias]), name, form.name]]),
    ];
  });
  return [...(limits.length > 0 ? [["update", ...limits, form.name]] : []), ...networks];
}

async function mendContainer(stack: DeployedStack, item: DriftItem, report: Report): Promise<void> {
  const form = stack.containers.find((one) => one.form.name === item.name)?.form;
  if (item.mend === "remove" || item.mend === "replace") {
    report(`${item.name}: stopped and removed`);
    await docker(["stop", item.name], { deadlineMs: STOP_MS });
    await dockerOrFail(["rm", "--force", item.name]);
    return;
  }
  if (form === undefined || item.mend === "create") return;
  for (const args of updatesInPlace(form, item.fields)) {
    report(`${item.name}: docker ${args.join(" ")}`);
    // A container without any network still names the one that it was made with.
    if (args[1] === "disconnect") await docker(args);
    else await dockerOrFail(args);
  }
  if (item.mend === "start" || item.mend === "unpause") {
    report(`${item.name}: ${item.mend}`);
    await dockerOrFail([item.mend, item.name], { deadlineMs: STOP_MS });
  }
}

async function mendItem(stack: DeployedStack, item: DriftItem, values: Readonly<Record<string, string>>, report: Report): Promise<void> {
  if (item.kind === "container") await mendContainer(stack, item, report);
  if (item.kind === "secret files") await mendSecretFiles(item, values);
  if (item.kind === "image") {
    const id = item.fields.find(({ field }) => field === "id")?.expected;
    if (id !== undefined) await dockerOrFail(["tag", id, item.name]);
  }
}

/**
 * Undoes on the machine what was done there by hand: everything but making what is missing, which is the engine's. What
 * Pulumi would see in a refresh and replace a container for, as other CPU limits, is put back before it looks. `values`
 * are those of secrets, by name, for files that are gone.
 * @returns What could not be put back, and why: a deployment can go on all the same, and may well make it good.
 * @throws UserError when somebody else's container has one of our names.
 */
export async function mendOnMachine(
  stack: DeployedStack,
  items: readonly DriftItem[],
  values: Readonly<Record<string, string>>,
  report: Report,
): Promise<readonly string[]> {
  const refused = items.filter((item) => item.mend === "refused");
  if (refused.length > 0) throw new UserError(refused.map((item) => `${item.name} is another container than ours: ${item.note ?? ""}`).join("\n"));
  const failures: string[] = [];
  for (const item of items)
    try {
      await mendItem(stack, item, values, report);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(`${describeItem(item)} and could not be put back: ${messageOf(error)}`);
    }
  return failures;
}
