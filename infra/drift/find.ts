import { composeFilePath } from "../compose/compose-engine.ts";
import type { EngineName, StackKey, StackTarget } from "../engine/engine.ts";
import { stackMembers } from "../engine/plan.ts";
import { environmentContainers } from "../host/containers.ts";
import { readIfThere } from "../host/files.ts";
import { compareStack, type MachineFacts } from "./compare.ts";
import { deployedStack, readDeployed, sha256, type DeployedStack, type DeploymentRecord } from "./deployed.ts";
import type { DriftItem } from "./drift.ts";
import { deployedByPulumi, withRecord } from "./from-pulumi-state.ts";
import { machineFacts } from "./machine.ts";
import { secretItems } from "./secret-modes.ts";

/** What is known of a stack before the machine is asked. */
export interface KnownStack {
  readonly target: StackTarget;
  readonly deployed: DeployedStack;
  /** As `./astra` wrote it down; Pulumi has its own state instead. */
  readonly record?: DeploymentRecord;
}

/** Drift of one stack. */
export interface StackDrift extends KnownStack {
  readonly items: readonly DriftItem[];
}

/** What was deployed of a stack: by the engine's state, or by what was written down. Undefined: nothing is known to stand. */
export async function knownStack(engine: EngineName, target: StackTarget): Promise<KnownStack | undefined> {
  if (engine === "pulumi") {
    const { exportStack } = await import("../engine/pulumi-stack.ts");
    const deployed = deployedByPulumi(target.stack, await exportStack(target.stackName));
    return deployed && { target, deployed: withRecord(deployed, await readDeployed(target.settings.environment, target.stack)) };
  }
  const record = await readDeployed(target.settings.environment, target.stack);
  return record && { target, deployed: deployedStack(record), record };
}

/** The compose file was changed or removed: nothing runs by it, until somebody uses it by hand. */
async function composeFileItems({ target, record }: KnownStack): Promise<readonly DriftItem[]> {
  if (record?.composeFile === undefined) return [];
  const path = composeFilePath(target);
  const text = await readIfThere(path);
  const found = text === undefined ? undefined : sha256(text);
  if (found === record.composeFile) return [];
  const fields = [{ field: "sha256", expected: record.composeFile.slice(0, 12), ...(found === undefined ? {} : { found: found.slice(0, 12) }) }];
  return [{ stack: target.stack, kind: "file", name: path, workload: "", problem: found === undefined ? "missing" : "changed", fields, mend: "create" }];
}

/** What of these stacks is not as it was deployed. Changes nothing. */
export async function driftOnDocker(known: readonly KnownStack[]): Promise<readonly StackDrift[]> {
  const [first] = known;
  if (first === undefined) return [];
  const facts: MachineFacts = await machineFacts(first.target.settings.environment, known.map((one) => one.deployed));
  const found: StackDrift[] = [];
  for (const one of known) {
    const items = compareStack(one.deployed, facts);
    found.push({ ...one, items: [...items, ...(await secretItems(one.deployed, facts, items)), ...(await composeFileItems(one))] });
  }
  return found;
}

/** Stacks that have containers and of which nobody wrote down what they were deployed as. */
export async function unknownStacks(environment: string, stacks: readonly StackKey[], known: readonly KnownStack[]): Promise<readonly StackKey[]> {
  const containers = await environmentContainers(environment);
  return stacks.filter((stack) => stackMembers(containers, stack).length > 0 && !known.some(({ target }) => target.stack === stack));
}
