import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { buildImages, ensureParentImages } from "../../infra/images/build.ts";
import { imagePlan, imageReferences, parentImages } from "../../infra/images/plan.ts";
import { writeConfiguration } from "./configuration.ts";
import { freePort, removeContainer, startContainer } from "./docker.ts";
import { waitFor } from "./wait-for.ts";

/** A stand-in for an instance (`edge-instance.ts`). */
export interface EdgeInstance {
  readonly id: string;
  readonly name: string;
  /** From now on the agent check gets this answer: `up ready 50%`, `drain`, `silent`. */
  say(answer: string): Promise<void>;
  /** Requests that have reached it. */
  requests(): Promise<number>;
}

/** An edge with a network of its own. */
export interface TestEdge {
  readonly id: string;
  readonly url: string;
  readonly statsUrl: string;
  /** Starts an instance of `gateway`. */
  startInstance(colour: "blue" | "green", agent: string): Promise<EdgeInstance>;
  /** Waits until HAProxy gives the named colours' instances these weights in all; absent means none. */
  untilWeights(weights: Readonly<Record<string, number>>): Promise<void>;
  remove(): Promise<void>;
}

/** Sum of weights that may take traffic, per colour, from HAProxy's own metrics. */
async function weightsOf(statsUrl: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${statsUrl}/metrics?scope=server`)).text();
  const up = new Set<string>();
  const weights: Record<string, number> = {};
  for (const [, server = ""] of text.matchAll(/^haproxy_server_status\{proxy="gateway",server="([^"]+)",state="UP"\} 1$/gm)) up.add(server);
  for (const [, server = "", weight] of text.matchAll(/^haproxy_server_weight\{proxy="gateway",server="([^"]+)"\} (\d+)$/gm)) {
    const colour = server.replace(/\d+$/, "");
    if (up.has(server)) weights[colour] = (weights[colour] ?? 0) + Number(weight);
  }
  return weights;
}

/**
 * Starts an edge that leads to `gateway` in both colours.
 * @param mode What the edge believes of its callers.
 * @param clusterDomain Instances have names below it, as on a cluster, and the edge finds it in its resolver's settings.
 */
export async function startEdge(mode: "dev" | "production" = "dev", clusterDomain?: string): Promise<TestEdge> {
  const plan = await imagePlan(undefined, { names: ["configure", "edge"] });
  await buildImages(plan);
  const { node } = await parentImages();
  await ensureParentImages([node]);
  const network = `astra-test-${randomBytes(6).toString("hex")}`;
  await dockerOrFail(["network", "create", network]);
  const images = imageReferences(plan);
  const resolving = clusterDomain === undefined ? [] : [`--dns-search=${clusterDomain}`];
  const configuration = await writeConfiguration(images, [
    "--env=ASTRA_EDGE_BACKENDS=gateway:8000 user:8006",
    `--env=ASTRA_MODE=${mode}`,
    ...(clusterDomain === undefined ? [] : [...resolving, "--env=ASTRA_EDGE_DOMAIN=search"]),
  ]);
  const started: string[] = [];
  const [port, statsPort] = [await freePort(), await freePort()];
  const id = await startContainer([
    `--network=${network}`,
    "--mount=type=tmpfs,target=/tmp,tmpfs-size=16m",
    `--publish=127.0.0.1:${port}:8000`,
    `--publish=127.0.0.1:${statsPort}:8404`,
    configuration.mount,
    ...resolving,
    images["edge"] ?? "",
  ]);
  started.push(id);
  const statsUrl = `http://127.0.0.1:${statsPort}`;
  await waitFor("the edge's liveness page", async () => ((await fetch(`${statsUrl}/health/live`)).ok ? true : undefined));
  return {
    id,
    url: `http://127.0.0.1:${port}`,
    statsUrl,
    startInstance: async (colour, agent) => {
      const controlPort = await freePort();
      const name = `${colour}-${started.length}`;
      const instance = await startContainer([
        `--network=${network}`,
        `--network-alias=gateway-${colour}${clusterDomain === undefined ? "" : `.${clusterDomain}`}`,
        `--volume=${join(import.meta.dirname, "edge-instance.ts")}:/instance.ts:ro`,
        `--publish=127.0.0.1:${controlPort}:9000`,
        `--env=NAME=${name}`,
        `--env=AGENT=${agent}`,
        node.reference,
        "node",
        "/instance.ts",
      ]);
      started.push(instance);
      const control = `http://127.0.0.1:${controlPort}`;
      await waitFor("the stand-in's control port", async () => ((await fetch(control)).ok ? true : undefined));
      return {
        id: instance,
        name,
        say: async (answer) => { await fetch(control, { method: "PUT", body: answer }); },
        requests: async () => Number(await (await fetch(control)).text()),
      };
    },
    untilWeights: async (weights) => {
      await waitFor(`weights ${JSON.stringify(weights)} at the edge`, async () => {
        const now = await weightsOf(statsUrl);
        const same = ["blue", "green"].every((colour) => (now[colour] ?? 0) === (weights[colour] ?? 0));
        return same ? true : undefined;
      });
    },
    remove: async () => {
      for (const container of started.reverse()) await removeContainer(container);
      await configuration.remove();
      await dockerOrFail(["network", "rm", network]);
    },
  };
}
