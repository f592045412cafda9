import { deployByCompose, stackComposeYaml } from "../compose/compose-engine.ts";
import { readDeployed, sha256, writeDeployed } from "../drift/deployed.ts";
import type { Report, StackTarget } from "../engine/engine.ts";
import { stackMembers } from "../engine/plan.ts";
import { waitUntilReady } from "../engine/readiness.ts";
import { withRuntime } from "../engine/runtime.ts";
import { environmentContainers } from "../host/containers.ts";
import { dockerHost } from "../host/probe.ts";
import { keepingLogs } from "../logs/removed.ts";
import { colourWorkloads } from "../platform/platform.ts";
import { scaledContainers } from "./instances.ts";
import type { Numbers } from "./numbers.ts";

/** From the containers' start until all are ready. */
const READY_DEADLINE_MS = 120_000;

/**
 * Gives a colour other numbers of instances through Compose, made from the release that it is: what is in the checkout
 * by now does not matter. Resolves when the new ones are ready and the surplus ones have drained and gone.
 * @throws UserError with what does not start and its last log lines.
 */
export async function scaleByCompose(target: StackTarget, numbers: Numbers, report: Report): Promise<void> {
  const { settings, stack } = target;
  const record = await readDeployed(settings.environment, stack);
  if (record === undefined) throw new Error(`nobody wrote down what stands of ${stack}`);
  const containers = scaledContainers(record.containers, numbers);
  const composeFile = sha256(stackComposeYaml({ ...target, containers }));
  // Before anything is done: whoever finds this half made, finishes it.
  await writeDeployed(settings.environment, { ...record, containers, composeFile });
  const before = stackMembers(await environmentContainers(settings.environment), stack);
  const wanted = new Set(containers.map((spec) => spec.name));
  const surplus = before.filter(({ name }) => !wanted.has(name));
  const deploy = async (): Promise<void> => await deployByCompose({ ...target, containers }, report);
  await withRuntime(settings, async ({ log }) => await keepingLogs({ environment: settings.environment, stack, containers: surplus, log }, deploy));
  const scaled = containers.filter((spec) => spec.workload in numbers);
  await waitUntilReady(
    { specs: scaled, workloads: colourWorkloads(settings), before, deadlineMs: READY_DEADLINE_MS, onReady: (spec) => report(`${spec.name} ready`) },
    dockerHost,
  );
}
