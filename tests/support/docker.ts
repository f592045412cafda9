import { spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { processIsAlive } from "../../infra/host/process-alive.ts";

/** Label with the id of the process that a test container belongs to. */
const OWNER_LABEL = "astratrade.test-owner";

/** Containers of this process that still stand. */
const standing = new Set<string>();

// The last resort when a run is cut off before its clean-up.
process.on("exit", () => {
  if (standing.size > 0) spawnSync("docker", ["rm", "--force", "--volumes", ...standing], { timeout: 20_000 });
});

/** Removes what runs that were killed have left behind. */
export async function removeAbandonedContainers(): Promise<void> {
  const format = `{{.ID}} {{.Label "${OWNER_LABEL}"}}`;
  const list = await dockerOrFail(["ps", "--all", "--filter", `label=${OWNER_LABEL}`, "--format", format]);
  for (const line of list.split("\n").filter((text) => text !== "")) {
    const [id, owner] = line.split(" ");
    if (id !== undefined && !processIsAlive(Number(owner))) await dockerOrFail(["rm", "--force", "--volumes", id]);
  }
}

/** Confinement of every container of the platform, as `containerSpec` declares it. */
const CONFINEMENT = ["--user=1000:1000", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=512m", "--memory-swap=512m"];

/**
 * Starts a confined container that belongs to this process.
 * @param args Further arguments of `docker run`, then the image and its command.
 * @returns Its id.
 */
export async function startContainer(args: readonly string[]): Promise<string> {
  const id = (await dockerOrFail(["run", "--detach", `--label=${OWNER_LABEL}=${process.pid}`, ...CONFINEMENT, ...args])).trim();
  standing.add(id);
  return id;
}

/** Removes a container with its nameless volumes; one that is gone already is no matter. */
export async function removeContainer(id: string): Promise<void> {
  if (!standing.has(id)) return;
  await dockerOrFail(["rm", "--force", "--volumes", id], { deadlineMs: 60_000 });
  standing.delete(id);
}

/** A TCP port that nobody listens on. Docker's own choice would change when a container is started again. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => { resolve(port); });
    });
  });
}

/** Sends the signal of its image, waits until the container has ended, and gives its exit code. */
export async function stopContainer(id: string): Promise<number> {
  await dockerOrFail(["stop", "--time=20", id], { deadlineMs: 40_000 });
  return Number(await dockerOrFail(["inspect", "--format", "{{.State.ExitCode}}", id]));
}
