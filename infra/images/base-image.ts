import { rm } from "node:fs/promises";
import { join } from "node:path";
import { dockerOrFail } from "../host/docker.ts";
import { lastLines, run } from "../host/run.ts";
import { UserError } from "../host/user-error.ts";
import { dockerBuild } from "./docker-build.ts";
import type { ImageBuild } from "./plan.ts";
import { imageCanBeHad, imageIsHere } from "./registry.ts";
import type { Versions } from "./versions.ts";

const REGISTRY_PATIENCE_MS = 15_000;
const PULL_MS = 300_000;
const INSTALL_MS = 300_000;
const BOOTSTRAP_MS = 600_000;

/** Files that no container reads; Debian's own slim images go without them too. */
const LEFT_OUT = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];

/** Installs mmdebstrap where that is possible without asking. */
async function ensureMmdebstrap(suite: string): Promise<void> {
  if ((await run("mmdebstrap", ["--version"], { deadlineMs: 10_000 })).code === 0) return;
  const why = `No registry serves Debian's image, and mmdebstrap, which makes one from the packages of ${suite}, is missing.`;
  const apt = await run("apt-get", ["--version"], { deadlineMs: 10_000 });
  if (process.getuid?.() !== 0 || apt.code !== 0)
    throw new UserError(`${why}\nInstall it (\`sudo apt-get install mmdebstrap debian-archive-keyring\`), or let the engine reach a registry.`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = async () =>
    await run("apt-get", ["install", "-yq", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring"], { deadlineMs: INSTALL_MS, env });
  let result = await install();
  if (result.code !== 0) {
    // The package lists may be missing or old.
    await run("apt-get", ["update", "-q"], { deadlineMs: INSTALL_MS });
    result = await install();
  }
  if (result.code !== 0)
    throw new UserError(`${why}\n\`apt-get install mmdebstrap\` failed:\n${lastLines(result.stderr || result.stdout, 20)}`);
}

/** Debian's minimal system from its packages, as an image of one layer. */
async function bootstrap(suite: string, reference: string, folder: string): Promise<void> {
  await ensureMmdebstrap(suite);
  const archive = join(folder, "..", "rootfs.tar");
  try {
    const options = LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`);
    const args = ["--variant=minbase", "--include=ca-certificates", ...options, suite, archive];
    const result = await run("mmdebstrap", args, { deadlineMs: BOOTSTRAP_MS });
    if (result.code !== 0)
      throw new UserError(`mmdebstrap could not make a Debian ${suite} (exit ${result.code}):\n${lastLines(result.stderr, 20)}`);
    await dockerOrFail(["import", archive, reference], { deadlineMs: BOOTSTRAP_MS });
  } finally {
    await rm(archive, { force: true });
  }
}

/**
 * Makes the base image if it is missing.
 * @returns Which way it went, in words for people.
 * @throws UserError when neither a registry nor Debian's packages can be had.
 */
export async function ensureBaseImage(base: ImageBuild, versions: Versions): Promise<string> {
  if (await imageIsHere(base.reference)) return "already here";
  const { suite, official } = versions.base;
  if (await imageCanBeHad(official, REGISTRY_PATIENCE_MS)) {
    if (!(await imageIsHere(official))) await dockerOrFail(["pull", "--quiet", official], { deadlineMs: PULL_MS });
    await dockerBuild(base, { ROOTFS: official });
    return `from the official image ${official}`;
  }
  const rootfs = `astratrade/rootfs:${base.reference.split(":")[1] ?? suite}`;
  await bootstrap(suite, rootfs, base.context);
  await dockerBuild(base, { ROOTFS: rootfs });
  // Only the name goes: its layer is part of the base image.
  await dockerOrFail(["image", "rm", rootfs]);
  return `from Debian's packages (${suite}): no registry answers`;
}
