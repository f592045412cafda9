import { inspectContainers } from "../host/containers.ts";
import { engineVersion } from "../host/docker.ts";
import { dockerSocketFacts } from "../host/docker-socket.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { UserError } from "../host/user-error.ts";
import { buildImages } from "../images/build.ts";
import { grafanaAvailable } from "../images/grafana.ts";
import { jaegerDeployed } from "../images/jaeger.ts";
import { imagePlan, imageReferences, parentImages } from "../images/plan.ts";
import { stackContainers } from "../platform/container.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import { imagesOf, stackWorkloads } from "../platform/platform.ts";
import { releaseOf } from "../platform/release.ts";
import type { Settings } from "../platform/settings.ts";
import { attemptAfter, type Attempts } from "./job.ts";
import { secretsWriterName } from "./secret-files.ts";
import type { StackArgs } from "./stack-args.ts";

const START_INTERVAL_SINCE = 25;

async function hostFacts(settings: Settings): Promise<HostFacts> {
  const engine = await engineVersion();
  if ("problem" in engine) {
    throw new UserError(`Docker does not answer: ${engine.problem}\nStart it, or run ./astra doctor, which says what is missing.`);
  }
  const isFoundation = settings.colour === undefined;
  return {
    startInterval: engine.major >= START_INTERVAL_SINCE,
    grafana: isFoundation && (settings.grafana === "on" || (settings.grafana === "auto" && (await grafanaAvailable()))),
    jaeger: isFoundation && (await jaegerDeployed(settings)),
    ...(await dockerSocketFacts()),
  };
}

async function attemptsOf(names: readonly string[]): Promise<Attempts> {
  const containers = await inspectContainers(names);
  return new Map(
    containers.flatMap((container) => {
      const attempt = attemptAfter(container);
      return attempt === undefined ? [] : [[container.name, attempt] as const];
    }),
  );
}

export interface PrepareOptions {
  /** Images that are missing are built, and this gets one line for each; absent: nothing is built. */
  readonly onBuild?: (line: string) => void;
}

/**
 * Finds out everything that a stack is made from, so that declaring it is plain.
 *
 * Images are built here and are no resources: `docker.Image` builds again what is there already, and never notices that
 * an image has gone. A container names its image by a hash of what it is built from, so a changed image shows as a
 * changed container.
 */
export async function stackArgs(settings: Settings, options: PrepareOptions): Promise<StackArgs> {
  const facts = await hostFacts(settings);
  const workloads = stackWorkloads(settings, facts);
  const images = await imagePlan(PROJECT_ROOT, { names: imagesOf(workloads) });
  const { base } = await parentImages(PROJECT_ROOT);
  if (options.onBuild) await buildImages(images, { onProgress: options.onBuild });
  const containers = stackContainers(workloads, releaseOf(settings, facts, imageReferences(images)));
  const jobs = containers.filter((spec) => spec.oneShot).map((spec) => spec.name);
  return {
    settings,
    containers,
    attempts: await attemptsOf([...jobs, secretsWriterName(settings)]),
    writerImage: base.reference,
  };
}
