import { environmentContainers, inspectContainers } from "../host/containers.ts";
import { imageIds, realContainers } from "../host/container-forms.ts";
import { dockerOrFail } from "../host/docker.ts";
import type { MachineFacts } from "./compare.ts";
import type { DeployedStack } from "./deployed.ts";

async function namesOf(kind: "volume" | "network"): Promise<readonly string[]> {
  return (await dockerOrFail([kind, "ls", "--format", "{{.Name}}"])).split("\n").filter((name) => name !== "");
}

/** Asks the engine for everything that a comparison with these stacks needs. */
export async function machineFacts(environment: string, stacks: readonly DeployedStack[]): Promise<MachineFacts> {
  const expected = stacks.flatMap((stack) => stack.containers.map(({ form }) => form));
  const [labelled, named, volumes, networks] = await Promise.all([
    environmentContainers(environment),
    // Somebody else's container may have taken a name.
    inspectContainers(expected.map((form) => form.name)),
    namesOf("volume"),
    namesOf("network"),
  ]);
  const containers = [...new Map([...labelled, ...named].map((container) => [container.id, container])).values()];
  const [real, ids] = await Promise.all([realContainers(containers.map((container) => container.name)), imageIds(expected.map((form) => form.image))]);
  return { environment, containers, real: new Map(real.map((one) => [one.form.name, one])), volumes, networks, imageIds: ids };
}
