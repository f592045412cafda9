import { readFile, rm } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { deployByCompose } from "../../../../infra/compose/compose-engine.ts";
import { findComposeTool } from "../../../../infra/compose/compose-tool.ts";
import { removeNetwork } from "../../../../infra/compose/resources.ts";
import { stopAndRemove } from "../../../../infra/compose/stop.ts";
import { readDeployed, writeDeployed } from "../../../../infra/drift/deployed.ts";
import { environmentConfig } from "../../../../infra/engine/model.ts";
import { environmentContainers, type Container } from "../../../../infra/host/containers.ts";
import { dockerOrFail } from "../../../../infra/host/docker.ts";
import { environmentFolder } from "../../../../infra/host/paths.ts";
import { keptLogs } from "../../../../infra/logs/removed.ts";
import type { ContainerSpec } from "../../../../infra/platform/container.ts";
import { LABELS } from "../../../../infra/platform/labels.ts";
import { containerName, networkName } from "../../../../infra/platform/names.ts";
import { scaledContainers } from "../../../../infra/scale/instances.ts";
import { scaleByCompose } from "../../../../infra/scale/on-compose.ts";
import { testStack } from "../../../support/platform-models.ts";
import { watchEnds } from "../../../support/watch-ends.ts";

const ENVIRONMENT = `scale-test-${process.pid}`;
const tool = await findComposeTool();

/** A worker that takes a moment to drain, and whose fourth instance cannot start. */
const WORKER = "case $ASTRA_INSTANCE in *-4) echo cannot start; exit 3;; esac; trap 'echo drained; sleep 1; exit 0' TERM; while :; do sleep 0.2; done";

function worker(image: string): ContainerSpec {
  const [like] = testStack("blue").containers.filter(({ workload }) => workload === "nft");
  if (like === undefined) throw new Error("blue has no nft");
  const name = containerName(ENVIRONMENT, "blue", "worker", 1);
  const labels = { ...like.labels, [LABELS.environment]: ENVIRONMENT, [LABELS.workload]: "worker", [LABELS.version]: "v1" };
  const rest = Object.fromEntries(Object.entries(like).filter(([key]) => key !== "health")) as unknown as Omit<ContainerSpec, "health">;
  const own = { name, workload: "worker", image, command: ["sh", "-c", WORKER], environment: { ASTRA_INSTANCE: name }, labels, mounts: [], dependsOn: [] };
  const spec: ContainerSpec = { ...rest, ...own, network: { name: networkName(ENVIRONMENT), aliases: ["worker-blue"] } };
  // With the hash that a deployment would give it.
  return scaledContainers([spec], { worker: 1 })[0] ?? spec;
}

describe.skipIf(tool === undefined)("scaling through Compose (R-DEP-6)", () => {
  const target = environmentConfig(ENVIRONMENT, {}).targets.blue;
  const running = async (): Promise<readonly Container[]> => (await environmentContainers(ENVIRONMENT)).filter(({ state }) => state === "running");
  const scale = async (number: number): Promise<void> => await scaleByCompose(target, { worker: number }, () => undefined);
  let first: string | undefined;

  beforeAll(async () => {
    const containers = [worker(inject("stores").images.redis)];
    await deployByCompose({ ...target, containers }, () => undefined);
    await writeDeployed(ENVIRONMENT, { stack: "blue", version: "v1", containers });
    first = (await running())[0]?.id;
  });
  afterAll(async () => {
    await stopAndRemove(await environmentContainers(ENVIRONMENT), () => undefined);
    await removeNetwork(networkName(ENVIRONMENT));
    await rm(environmentFolder(ENVIRONMENT), { recursive: true, force: true });
  });

  test("makes more instances of what stands, and leaves that alone", async () => {
    await scale(3);
    const names = (await running()).map(({ name }) => name).sort();
    expect(names).toEqual([1, 2, 3].map((n) => containerName(ENVIRONMENT, "blue", "worker", n)));
    expect((await running()).find(({ name }) => name.endsWith("-1"))?.id).toBe(first);
    expect((await readDeployed(ENVIRONMENT, "blue"))?.containers.map(({ name }) => name)).toEqual(names);
  });

  test("finishes what a killed command has half done", async () => {
    await dockerOrFail(["rm", "--force", containerName(ENVIRONMENT, "blue", "worker", 3)]);
    await scale(3);
    expect(await running()).toHaveLength(3);
  });

  test("lets those that are too many drain, and keeps what they said", async () => {
    const ends = await watchEnds(ENVIRONMENT, async () => await scale(1));
    const gone = [2, 3].map((n) => containerName(ENVIRONMENT, "blue", "worker", n));
    expect(ends.map(({ name, exitCode }) => `${name} ${exitCode}`).sort()).toEqual(gone.map((name) => `${name} 0`));
    expect((await running()).map(({ id }) => id)).toEqual([first]);
    const kept = await keptLogs(ENVIRONMENT, Date.now());
    expect(kept.map(({ container }) => container.name).sort()).toEqual(gone);
    for (const { file } of kept) expect(gunzipSync(await readFile(file)).toString()).toContain("drained");
  });

  test("says with exit code and last lines what does not start", async () => {
    await expect(scale(4)).rejects.toThrow(/worker-4 does not start: it ended.*exit code 3\. Its last 20 log lines:\n.*cannot start/);
    await scale(1);
    expect((await running()).map(({ id }) => id)).toEqual([first]);
  });
});
