import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { StackKey } from "../engine/engine.ts";
import { readObject, writeWhole } from "../host/files.ts";
import { stackFolder } from "../host/paths.ts";
import type { Manifest } from "../kubernetes/manifest.ts";
import { formOf, type ContainerForm } from "../platform/container-form.ts";
import type { ContainerSpec } from "../platform/container.ts";

/** One container as it was deployed. */
export interface DeployedContainer {
  readonly form: ContainerForm;
  readonly oneShot: boolean;
  /** Names of its secret files; undefined: not known. */
  readonly secretFiles: readonly string[] | undefined;
  /** Id of the container that the engine made; undefined: the engine remembers none. */
  readonly id?: string;
}

/** What a stack has to be, whatever the program has become since. */
export interface DeployedStack {
  readonly stack: StackKey;
  readonly version: string;
  readonly containers: readonly DeployedContainer[];
  /** Volumes that it needs, with data or secrets. */
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
}

/** What is written down of a stack once it stands: no secret is in it. */
export interface DeploymentRecord {
  readonly stack: StackKey;
  readonly version: string;
  /** On Docker. */
  readonly containers: readonly ContainerSpec[];
  /** SHA-256 of the compose file, where there is one. */
  readonly composeFile?: string;
  /** On a cluster. */
  readonly manifests?: readonly Manifest[];
}

function recordFile(environment: string, stack: StackKey, stateFolder?: string): string {
  return join(stackFolder(environment, stack, stateFolder), "deployed.json");
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Writes down what stands now. */
export async function writeDeployed(environment: string, record: DeploymentRecord, stateFolder?: string): Promise<void> {
  await writeWhole(recordFile(environment, record.stack, stateFolder), `${JSON.stringify(record, null, 1)}\n`);
}

/**
 * Forgets what stood: a deployment has begun, or the stack is taken down. What is half made is nobody's drift, and is
 * mended by no one but the deployment that is tried again.
 */
export async function forgetDeployed(environment: string, stack: StackKey, stateFolder?: string): Promise<void> {
  await rm(recordFile(environment, stack, stateFolder), { force: true });
}

/**
 * What stands of a stack; undefined where nothing does, or its last deployment did not end well.
 * @throws UserError when the file is damaged.
 */
export async function readDeployed(environment: string, stack: StackKey, stateFolder?: string): Promise<DeploymentRecord | undefined> {
  return (await readObject(recordFile(environment, stack, stateFolder))) as DeploymentRecord | undefined;
}

/** Names of all volumes that containers mount, each once. */
export function volumesOfForms(forms: readonly ContainerForm[]): readonly string[] {
  return [...new Set(forms.flatMap((form) => form.mounts.flatMap((mount) => (mount.type === "volume" ? [mount.volume] : []))))];
}

/** Names of a container's secret files. */
export function secretFilesOf(spec: ContainerSpec): readonly string[] {
  return spec.mounts.flatMap((mount) => (mount.type === "secrets" ? mount.names : []));
}

/** The containers of a record, as they are compared. */
export function deployedStack({ stack, version, containers }: Pick<DeploymentRecord, "stack" | "version" | "containers">): DeployedStack {
  const forms = containers.map(formOf);
  return {
    stack,
    version,
    containers: containers.map((spec, index) => ({
      form: forms[index] ?? formOf(spec),
      oneShot: spec.oneShot,
      secretFiles: secretFilesOf(spec),
    })),
    volumes: volumesOfForms(forms),
    networks: [...new Set(containers.map((spec) => spec.network.name))],
  };
}
