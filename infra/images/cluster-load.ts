import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { dockerOrFail } from "../host/docker.ts";
import { STATE_FOLDER } from "../host/paths.ts";
import { run, runOrFail } from "../host/run.ts";
import { UserError } from "../host/user-error.ts";

const LOAD_MS = 900_000;
const QUICK_MS = 20_000;

/** Where a cluster on this machine keeps the images of its nodes. */
export type ImageStore =
  | { readonly kind: "kind" | "k3d" | "minikube"; readonly cluster: string }
  | { readonly kind: "containerd"; readonly socket: string };

/** Where containerd listens, on its own and below k3s and MicroK8s; its own variable comes first. */
const SOCKETS = ["/run/k3s/containerd/containerd.sock", "/var/snap/microk8s/common/run/containerd.sock", "/run/containerd/containerd.sock"];

/** Namespace in which a kubelet's images stand. */
const KUBELET = "k8s.io";

/** The tool that made a cluster, by the name that it gives to contexts. */
export function storeOfContext(context: string): ImageStore | undefined {
  if (context === "minikube") return { kind: "minikube", cluster: context };
  const [, kind, cluster] = /^(kind|k3d)-(.+)$/.exec(context) ?? [];
  return (kind === "kind" || kind === "k3d") && cluster !== undefined ? { kind, cluster } : undefined;
}

async function ctr(socket: string, args: readonly string[], deadlineMs = QUICK_MS) {
  return await run("ctr", ["-a", socket, "-n", KUBELET, ...args], { deadlineMs });
}

/** A containerd of this machine that serves a kubelet; Docker's own does not. */
async function kubeletContainerd(): Promise<string | undefined> {
  const own = process.env["CONTAINERD_ADDRESS"];
  for (const socket of own === undefined ? SOCKETS : [own]) {
    try {
      await access(socket);
    } catch {
      continue;
    }
    const namespaces = await ctr(socket, ["namespaces", "ls", "-q"]);
    if (namespaces.code === 0 && namespaces.stdout.split("\n").includes(KUBELET)) return socket;
  }
  return undefined;
}

/** A server's address is this machine's own. */
function isLocal(server: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].includes(new URL(server).hostname);
}

/**
 * Finds out how images get into a cluster.
 * @throws UserError saying what to do where it is no local one.
 */
export async function findImageStore(context: string, server: string): Promise<ImageStore> {
  const store = storeOfContext(context);
  if (store !== undefined) return store;
  const socket = isLocal(server) ? await kubeletContainerd() : undefined;
  if (socket !== undefined) return { kind: "containerd", socket };
  throw new UserError(
    `The cluster of context "${context}" (${server}) is no local one that images can be loaded into (kind, k3d, minikube, or containerd on this machine).\n` +
      "Its nodes pull from a registry: set astratrade:registry to one that you may push to, then run ./astra images push.\n" +
      "Where its containerd does run here, say so: CONTAINERD_ADDRESS=/path/containerd.sock ./astra images load",
  );
}

/** Command that hands images of this machine's Docker engine to a cluster's tool. */
export function loadCommand(store: Exclude<ImageStore, { kind: "containerd" }>, references: readonly string[]): readonly string[] {
  switch (store.kind) {
    case "kind":
      return ["kind", "load", "docker-image", "--name", store.cluster, ...references];
    case "k3d":
      return ["k3d", "image", "import", "--cluster", store.cluster, ...references];
    case "minikube":
      return ["minikube", "image", "load", ...references];
  }
}

/** Images that containerd lacks; it names them by their registry in full. */
async function missingIn(socket: string, references: readonly string[]): Promise<readonly string[]> {
  const here = new Set((await ctr(socket, ["images", "ls", "-q"])).stdout.split("\n"));
  return references.filter((reference) => !here.has(`docker.io/${reference}`));
}

/**
 * Brings images from this machine's Docker engine into a local cluster.
 * @returns Those that were brought.
 */
export async function loadImages(store: ImageStore, references: readonly string[]): Promise<readonly string[]> {
  if (store.kind !== "containerd") {
    const [program = "", ...args] = loadCommand(store, references);
    await runOrFail(program, args, { deadlineMs: LOAD_MS });
    return references;
  }
  const missing = await missingIn(store.socket, references);
  if (missing.length === 0) return [];
  // One archive, so that the layers that images share are in it once.
  const archive = join(STATE_FOLDER, `images.${process.pid}.tar`);
  try {
    await dockerOrFail(["save", "-o", archive, ...missing], { deadlineMs: LOAD_MS });
    await runOrFail("ctr", ["-a", store.socket, "-n", KUBELET, "images", "import", archive], { deadlineMs: LOAD_MS });
  } finally {
    await rm(archive, { force: true });
  }
  return missing;
}
