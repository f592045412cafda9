import type { EngineName, StackKey } from "../engine/engine.ts";
import { stackModel, type StackModel } from "../engine/model.ts";
import { withRuntime } from "../engine/runtime.ts";
import { currentTraffic, presentWeights } from "../engine/traffic.ts";
import { imageIds, realContainers } from "../host/container-forms.ts";
import { environmentContainers, type Container } from "../host/containers.ts";
import { dockerOrFail } from "../host/docker.ts";
import { objectKey } from "../kubernetes/stack-objects.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import { formOf } from "../platform/container-form.ts";
import type { ImageReferences } from "../platform/images.ts";
import { LABELS } from "../platform/labels.ts";
import { networkName } from "../platform/names.ts";
import { comparable } from "../preview/from-cluster.ts";
import { flatSettings, hashOf, keptFields, savedContainer, type Decisive, type SavedImage, type SavedThings } from "../preview/saved.ts";
import { currentCommit, sourceHashes } from "../preview/sources.ts";
import { environmentSuffix } from "./result.ts";
import type { Session } from "./session.ts";

export interface Capture {
  readonly session: Session;
  readonly engine: EngineName;
  readonly facts: HostFacts;
  readonly images: ImageReferences;
  /** Stacks that would be deployed, in order. */
  readonly stacks: readonly StackKey[];
}

function things(entries: readonly (readonly [string, SavedThings[string]])[]): SavedThings {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Everything of an environment on this machine: each container with its id, its state and every field. */
async function machineState(environment: string): Promise<SavedThings> {
  const containers = await environmentContainers(environment);
  const real = new Map((await realContainers(containers.map(({ name }) => name))).map((one) => [one.id, one]));
  const volumes = (await dockerOrFail(["volume", "ls", "--format", "{{.Name}}"])).split("\n").filter((name) => name.startsWith(`${networkName(environment)}-`));
  const networks = (await dockerOrFail(["network", "ls", "--format", "{{.Name}}"])).split("\n").filter((name) => name === networkName(environment));
  return things([
    ...containers.map(({ id, name, state, exitCode, labels }) => {
      const described = state === "exited" ? `exited with ${exitCode}` : state;
      return [`container ${name}`, savedContainer({ id, state: described, spec: labels[LABELS.spec] ?? "" }, real.get(id))] as const;
    }),
    ...volumes.map((name) => [`volume ${name}`, { hash: "", fields: {} }] as const),
    ...networks.map((name) => [`network ${name}`, { hash: "", fields: {} }] as const),
  ]);
}

/** Who takes requests: a rollout in between makes a colour one that is not to be touched. */
async function trafficState({ config }: Session, containers: readonly Container[]): Promise<SavedThings> {
  const table = await currentTraffic(config.targets.foundation.settings);
  if (table === undefined) return {};
  const weights = Object.entries(presentWeights(table, containers)).map(([workload, { blue, green }]) => [workload, `blue ${blue}, green ${green}`] as const);
  return { traffic: { hash: "", fields: Object.fromEntries(weights.sort(([a], [b]) => (a < b ? -1 : 1))) } };
}

async function onDocker(models: readonly StackModel[], environment: string): Promise<Pick<Decisive, "desired" | "machine">> {
  return {
    desired: things(models.flatMap(({ containers }) => containers.map((spec) => [spec.name, { hash: spec.labels[LABELS.spec] ?? "", fields: keptFields(formOf(spec)) }] as const))),
    machine: await machineState(environment),
  };
}

/** Objects by their hashes: their fields are many, and the cluster tells them in a preview. */
async function onCluster(models: readonly StackModel[]): Promise<Pick<Decisive, "desired" | "machine">> {
  const [{ openCluster }, { stackChanges }] = [await import("../kubernetes/kubectl.ts"), await import("../kubernetes/stack-changes.ts")];
  const desired: [string, SavedThings[string]][] = [];
  const machine: [string, SavedThings[string]][] = [];
  for (const model of models) {
    const { runs, surplus } = await stackChanges(await openCluster(model.settings), model);
    desired.push(...runs.map(({ manifest }) => [objectKey(manifest), { hash: hashOf(manifest), fields: {} }] as [string, SavedThings[string]]));
    const live = [...runs.flatMap((one) => one.live ?? []), ...surplus];
    machine.push(...live.map((object) => [objectKey(object), { hash: hashOf(comparable(object)), fields: {} }] as [string, SavedThings[string]]));
  }
  return { desired: things(desired), machine: things(machine) };
}

/** Writes down everything that decides what `up` would do now. Changes nothing. */
export async function captureDecisive({ session, engine, facts, images, stacks }: Capture): Promise<Decisive> {
  const { environment, config } = session;
  const models = stacks.map((stack) => stackModel(config.targets[stack], facts, images));
  const isCluster = config.targets.foundation.settings.target === "kubernetes";
  const used = new Map(models.flatMap((model) => model.containers.map((spec) => [spec.image, spec.image] as const)));
  const containers = await withRuntime(config.targets.foundation.settings, async (place) => await place.containers());
  const [ids, sources, commit, traffic, state] = await Promise.all([
    isCluster ? new Map<string, string>() : imageIds([...used.keys()]),
    sourceHashes(),
    currentCommit(),
    trafficState(session, containers),
    isCluster ? onCluster(models) : onDocker(models, environment),
  ]);
  const image = (reference: string): SavedImage => {
    const id = ids.get(reference);
    return { reference, ...(id === undefined ? {} : { id }) };
  };
  const wanted = Object.entries(images).filter(([, reference]) => isCluster || used.has(reference));
  return {
    environment,
    engine,
    program: { ...(commit === undefined ? {} : { commit }), sources },
    config: Object.assign({}, ...stacks.map((stack) => flatSettings(stack, config.targets[stack].settings))) as Record<string, string>,
    stacks,
    images: Object.fromEntries(wanted.map(([name, reference]) => [name, image(reference)])),
    desired: state.desired,
    machine: { ...state.machine, ...traffic },
  };
}

/** What to do with a saved preview. */
export function reviewAdvice(file: string, environment: string): string {
  return `Saved to ${file}. To apply exactly this: ./astra up --reviewed ${file}${environmentSuffix(environment)}`;
}
