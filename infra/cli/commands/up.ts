import { join } from "node:path";
import { ENGINE_TITLES, type Engine, type StackKey } from "../../engine/engine.ts";
import { otherColour } from "../../engine/choose-colour.ts";
import type { EngineChoice } from "../../engine/choose.ts";
import { planStack, stackMembers } from "../../engine/plan.ts";
import { changeTraffic, endRelease, presentWeights } from "../../engine/traffic.ts";
import { requireOwnContainers } from "../../engine/ownership.ts";
import { takeLock } from "../../engine/lock.ts";
import { requireSameEngine, writeRecord, type EnvironmentRecord } from "../../engine/record.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { recorded, type ChangeNotes } from "../../history/record.ts";
import type { Container } from "../../host/containers.ts";
import { environmentFolder } from "../../host/paths.ts";
import { dockerSocketFacts } from "../../host/docker-socket.ts";
import { ENGINE_SOCKET } from "../../platform/defaults.ts";
import type { HostFacts } from "../../platform/host-facts.ts";
import type { ImageReferences } from "../../platform/images.ts";
import { LABELS } from "../../platform/labels.ts";
import { readSavedPreview } from "../../preview/saved.ts";
import { COLOURS, type Colour } from "../../platform/workload.ts";
import { CONFIG_FLAG, ENGINE_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { deployStack } from "../deploy-stack.ts";
import { mendStacks } from "../mend-stacks.ts";
import { makeImages, planImages } from "../prepare-images.ts";
import { memoryOfCluster, requirePolicy } from "../policy.ts";
import { bringImages } from "../bring-images.ts";
import { checkCluster } from "../check-cluster.ts";
import { clusterFacts } from "../../kubernetes/render.ts";
import { Progress } from "../progress.ts";
import { chosenEngine, loadEngine, openSession, type Session } from "../session.ts";
import { checkMachine } from "../check-machine.ts";
import { stackModel } from "../../engine/model.ts";
import { pickColour } from "../pick-colour.ts";
import { requireReviewed } from "../require-reviewed.ts";
import { printResult } from "../result.ts";

interface Deployment {
  readonly session: Session;
  readonly engine: Engine;
  readonly progress: Progress;
  readonly facts: HostFacts;
  readonly images: ImageReferences;
}

/** Brings one stack up and remembers it. */
async function deployAndRecord(deployment: Deployment, stack: "foundation" | Colour, record: EnvironmentRecord): Promise<EnvironmentRecord> {
  const { session, engine, progress, facts, images } = deployment;
  const model = stackModel(session.config.targets[stack], facts, images);
  // Before it begins: an interrupted deployment is one of this engine too.
  const version = model.containers[0]?.labels["astratrade.version"] ?? "";
  const next = { ...record, stacks: { ...record.stacks, [stack]: { version, at: new Date().toISOString() } } };
  await writeRecord(session.environment, next);
  await deployStack(engine, model, progress);
  return next;
}

async function containersOf(session: Session): Promise<readonly Container[]> {
  return await withRuntime(session.config.targets.foundation.settings, async (runtime) => await runtime.containers());
}

/** Undoes what was done by hand to those of these stacks that stand. */
async function mend({ session, engine, progress, facts, images }: Deployment, stacks: readonly StackKey[]): Promise<void> {
  const { target } = session.config.targets.foundation.settings;
  // Pulumi's state knows of plain `pulumi up` as well.
  const standing = stacks.filter((stack) => engine.name === "pulumi" || session.record?.stacks[stack] !== undefined);
  // A cluster's objects are all applied, and surplus ones removed, whether they changed or not.
  if (target === "kubernetes" || standing.length === 0) return;
  await mendStacks({ engine, progress, models: standing.map((stack) => stackModel(session.config.targets[stack], facts, images)) });
}

/** What runs keeps its share: a colour that comes back must not take requests by a table from before. */
async function keepTraffic(session: Session, colour: Colour): Promise<void> {
  const containers = await containersOf(session);
  if (stackMembers(containers, otherColour(colour)).length === 0) return;
  const { settings } = session.config.targets.foundation;
  await changeTraffic(settings, `before ${colour} comes up: traffic as it is`, (table) => presentWeights(table, containers));
}

/** Nothing goes back by itself, or by `rollback`, to a colour that is about to become another version. */
async function closeWayBack({ session, facts, images }: Deployment, colour: Colour): Promise<void> {
  const model = stackModel(session.config.targets[colour], facts, images);
  const { changes } = planStack(model.containers, stackMembers(await containersOf(session), colour));
  if (Object.values(changes).every((change) => change === "keep" || change === "start")) return;
  await endRelease(session.config.targets.foundation.settings, colour);
}

async function up(invocation: Invocation): Promise<number> {
  const progress = new Progress();
  const session = await openSession(invocation);
  const choice = chosenEngine(invocation, session);
  requireSameEngine(session.environment, session.record, choice.engine);
  const lock = await takeLock(join(environmentFolder(session.environment), "lock"), "up");
  try {
    return await recorded(session.config.targets.foundation.settings, "up", {}, async (notes) => await deploy(invocation, session, choice, progress, notes));
  } finally {
    lock.release();
  }
}

export async function deploy(invocation: Invocation, session: Session, choice: EngineChoice, progress: Progress, notes: ChangeNotes): Promise<number> {
  const file = invocation.text("reviewed");
  const reviewed = file === undefined ? undefined : await readSavedPreview(file);
  progress.note(`Environment ${session.environment}, deployed by ${ENGINE_TITLES[choice.engine]}: ${choice.reason}.`);
  const overrides = Object.entries(session.config.overrides).map(([key, value]) => `${key}=${value}`);
  if (overrides.length > 0) progress.note(`Config over the stack files: ${overrides.join(", ")} (kept for the next time; KEY= forgets it).`);
  const { settings } = session.config.targets.foundation;
  const onCluster = settings.target === "kubernetes";
  const host = onCluster ? await checkCluster(session, progress) : await checkMachine(session, choice.engine, progress);
  requireOwnContainers(session.environment, choice.engine, await containersOf(session));
  const planned = await progress.step(
    "sources bundled, images planned",
    async () => await planImages(session),
    ({ plan }) => `${plan.length} images`,
  );
  const { images, grafana, jaeger } = planned;
  const facts: HostFacts = onCluster ? clusterFacts(grafana, jaeger) : { startInterval: host.startInterval, grafana, jaeger, ...(await dockerSocketFacts()) };
  await requirePolicy(session.config, facts, images, progress, onCluster ? memoryOfCluster : undefined);
  const asked = invocation.words[0] ?? invocation.text("colour");
  const wanted = COLOURS.find((colour) => colour === (asked ?? reviewed?.stacks.find((stack) => stack !== "foundation")));
  if (reviewed !== undefined) await requireReviewed({ session, engine: choice.engine, facts, images }, reviewed, wanted, progress);
  await makeImages(planned, session, progress);
  // Pulumi's program brings them itself.
  if (onCluster && (choice.engine !== "pulumi" || settings.registry === undefined)) await bringImages(planned.plan, settings, progress);
  const deployment: Deployment = { session, engine: await loadEngine(choice.engine), progress, facts, images };
  if (!onCluster && deployment.facts.dockerSocketGid === undefined)
    progress.note(`The agent is left out: there is no ${ENGINE_SOCKET} on this machine. Containers that stay unhealthy are not restarted.`);
  const first: EnvironmentRecord = {
    engine: choice.engine,
    overrides: session.config.overrides,
    stacks: session.record?.stacks ?? {},
  };
  await mend(deployment, ["foundation"]);
  const record = await deployAndRecord(deployment, "foundation", first);
  await mend(deployment, COLOURS);
  const colour = await pickColour(session, deployment.facts, images, wanted);
  const version = stackModel(session.config.targets[colour], facts, images).containers[0]?.labels[LABELS.version];
  notes.set({ colour, ...(version === undefined ? {} : { version }) });
  await keepTraffic(session, colour);
  await closeWayBack(deployment, colour);
  await deployAndRecord(deployment, colour, record);
  await printResult({
    session,
    colour,
    containers: await containersOf(session),
    facts: deployment.facts,
    progress,
  });
  return 0;
}

export const upCommand: Command = {
  name: "up",
  aliases: ["deploy"],
  summary: "Deploy the platform to this machine or a cluster: the foundation and a colour of gateway and services.",
  words: { help: "[blue|green]", max: 1, choices: COLOURS },
  details: [
    "",
    "With unchanged code it changes nothing. With changed code it deploys the idle colour, which stands by without",
    "requests. Interrupted, it finishes the job when it is run again.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...ENGINE_FLAG,
    reviewed: { type: "string", value: "FILE", help: "apply a preview that `preview --save FILE` wrote, and refuse if anything differs since" },
    colour: { type: "string", value: "blue|green", choices: ["blue", "green"], help: "colour to deploy to, as the word does (default: picked)" },
  },
  run: up,
};
