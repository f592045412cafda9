import { ENGINE_TITLES, type EngineName, type StackTarget } from "../engine/engine.ts";
import type { StackModel } from "../engine/model.ts";
import { readDeployed } from "../drift/deployed.ts";
import { dockerSocketFacts } from "../host/docker-socket.ts";
import { clusterFacts } from "../kubernetes/render.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import { scaledModel } from "../scale/by-pulumi.ts";
import { describeNumbers, type Numbers } from "../scale/numbers.ts";
import { startInterval } from "./check-machine.ts";
import { deployStack } from "./deploy-stack.ts";
import { planImages } from "./prepare-images.ts";
import type { Progress } from "./progress.ts";
import { loadEngine, type Session } from "./session.ts";

/** One colour that is to get other numbers of instances. */
export interface ColourScaling {
  /** With the new numbers in its settings. */
  readonly target: StackTarget;
  /** As many as run now. */
  readonly now: Numbers;
  readonly numbers: Numbers;
}

/** How an engine gives a colour its instances. */
export interface Scaler {
  /** Why it cannot do that; undefined where it can. */
  refusal(scaling: ColourScaling): Promise<string | undefined>;
  /** Resolves when the new instances are ready and the surplus ones have gone. */
  scale(scaling: ColourScaling): Promise<void>;
}

type Direct = (target: StackTarget, numbers: Numbers, report: (line: string) => void) => Promise<void>;

/** Why nobody knows what more of a colour would be; undefined where that is written down. */
async function unfinished({ settings, stack }: StackTarget): Promise<string | undefined> {
  if ((await readDeployed(settings.environment, stack)) !== undefined) return undefined;
  return `The last deployment of ${stack} did not end, so nobody knows what more instances of it would be. Finish it first: ./astra up ${stack}`;
}

/** Engines that make more of what stands. */
function direct(work: Direct, progress: Progress): Scaler {
  return {
    refusal: async ({ target }) => await unfinished(target),
    scale: async ({ target, now, numbers }) =>
      await progress.step(`${target.stack}: ${describeNumbers(now, numbers) || "instances are ready"}`, async (report) => await work(target, numbers, report)),
  };
}

/** Pulumi makes what its program declares, so the program has to be the release that stands. */
async function pulumiScaler(session: Session, progress: Progress): Promise<Scaler> {
  const { grafana, jaeger, images } = await progress.step("sources bundled, images planned", async () => await planImages(session));
  const onCluster = session.config.targets.foundation.settings.target === "kubernetes";
  const facts: HostFacts = onCluster ? clusterFacts(grafana, jaeger) : { startInterval: await startInterval("pulumi"), grafana, jaeger, ...(await dockerSocketFacts()) };
  const engine = await loadEngine("pulumi");
  const modelOf = async ({ target, numbers }: ColourScaling): Promise<StackModel | undefined> => await scaledModel(target, facts, images, numbers);
  return {
    refusal: async (scaling) =>
      (await modelOf(scaling)) === undefined
        ? `${scaling.target.stack} is another release than this checkout declares, and ${ENGINE_TITLES.pulumi} makes what is declared. Scale it from the commit that it was deployed from.`
        : undefined,
    scale: async (scaling) => {
      const model = await modelOf(scaling);
      if (model !== undefined) await deployStack(engine, model, progress);
    },
  };
}

/** What scales an environment. */
export async function scalerOf(engine: EngineName, session: Session, progress: Progress): Promise<Scaler> {
  if (engine === "pulumi") return await pulumiScaler(session, progress);
  if (engine === "kubectl") return direct((await import("../scale/on-cluster.ts")).scaleOnCluster, progress);
  return direct((await import("../scale/on-compose.ts")).scaleByCompose, progress);
}
