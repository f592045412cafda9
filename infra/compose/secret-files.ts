import { chmod, chown, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { StackKey } from "../engine/engine.ts";
import { dockerOrFail } from "../host/docker.ts";
import { privateFolder, readIfThere, writeWhole } from "../host/files.ts";
import { stackFolder } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import type { ContainerSpec } from "../platform/container.ts";
import type { SecretValues } from "./secrets.ts";

/** The only user that containers run as. */
const APP_UID = 1000;
const CHOWN_DEADLINE_MS = 60_000;

/** Folder with the secret files of one workload, bound read-only into its containers. */
export function workloadSecretsFolder(environment: string, stack: StackKey, workload: string): string {
  return join(stackFolder(environment, stack), "secrets", workload);
}

function secretNames(spec: ContainerSpec): readonly string[] {
  return spec.mounts.flatMap((mount) => (mount.type === "secrets" ? mount.names : []));
}

/** Hash by which an unchanged folder is known without reading it. */
function stamp(names: readonly string[], values: SecretValues): string {
  return createHash("sha256").update(JSON.stringify(names.map((name) => [name, values[name]]))).digest("hex");
}

/** Gives the folder to uid 1000. Only root may: elsewhere a container does it, with the image that will run anyway. */
async function handOver(folder: string, names: readonly string[], image: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === APP_UID) return;
  if (uid === 0) {
    for (const path of [...names.map((name) => join(folder, name)), folder]) await chown(path, APP_UID, APP_UID);
    return;
  }
  await dockerOrFail(
    ["run", "--rm", "--user", "0", "--entrypoint", "chown", "--network", "none", "-v", `${folder}:/secrets`, image]
      .concat("-R", `${APP_UID}:${APP_UID}`, "/secrets"),
    { deadlineMs: CHOWN_DEADLINE_MS },
  );
}

/** Removes folders that may belong to uid 1000. */
export async function removeSecretsFolder(folder: string, image: string | undefined): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (cause) {
    if (image === undefined) throw new UserError(`${folder} cannot be removed. Do: sudo rm -r ${folder}`, { cause });
    await dockerOrFail(
      ["run", "--rm", "--user", "0", "--entrypoint", "sh", "--network", "none", "-v", `${folder}:/secrets`, image]
        .concat("-c", "rm -rf /secrets/*"),
      { deadlineMs: CHOWN_DEADLINE_MS },
    );
    await rm(folder, { recursive: true, force: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/**
 * Writes the secret files of every workload of a stack, readable by uid 1000 only; folders that are right are left
 * alone, so that a running container keeps its mount.
 */
export async function writeSecretFiles(
  environment: string,
  stack: StackKey,
  containers: readonly ContainerSpec[],
  values: SecretValues,
): Promise<void> {
  for (const spec of new Map(containers.map((container) => [container.workload, container])).values()) {
    const names = secretNames(spec);
    if (names.length === 0) continue;
    const folder = workloadSecretsFolder(environment, stack, spec.workload);
    const stampFile = `${folder}.stamp`;
    const wanted = stamp(names, values);
    if ((await readIfThere(stampFile)) === wanted && (await isFolder(folder))) continue;
    await privateFolder(join(folder, ".."));
    const next = `${folder}.next`;
    await removeSecretsFolder(next, spec.image);
    await mkdir(next, { mode: 0o700 });
    for (const name of names) {
      const value = values[name];
      if (value === undefined) throw new Error(`workload "${spec.workload}" asks for an undeclared secret "${name}"`);
      await writeFile(join(next, name), value, { mode: 0o400 });
    }
    await chmod(next, 0o500);
    await handOver(next, names, spec.image);
    await removeSecretsFolder(folder, spec.image);
    await rename(next, folder);
    await writeWhole(stampFile, wanted);
  }
}
