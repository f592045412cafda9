import type { StackTarget } from "../engine/engine.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { ImageReferences } from "../platform/images.ts";
import { releaseOf } from "../platform/release.ts";
import { givenSecrets, secrets, type SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import { givenSecretName, namespaceName, SECRET_NAME } from "./identity.ts";
import { allManifests, givenSecretManifests, secretManifest, stackManifests } from "./manifests.ts";
import { manifestsYaml } from "./yaml.ts";

const SOURCE = "Written by ./astra from infra/platform: change that, not this.";

/** A kubelet asks as often as it is told to. */
export function clusterFacts(grafana: boolean, jaeger = false): HostFacts {
  return { startInterval: true, grafana, jaeger };
}

/** One stack as YAML, secrets by reference. The same sources give the same text in every checkout. */
export function stackYaml(target: StackTarget, images: ImageReferences, grafana: boolean, jaeger = false): string {
  const { settings, stack } = target;
  const manifests = allManifests(stackManifests(releaseOf(settings, clusterFacts(grafana, jaeger), images)));
  return manifestsYaml(manifests, [
    `AstraTrade ${settings.environment}: ${stack}. By hand: kubectl apply -f this file, the foundation first.`,
    SOURCE,
    `Pods mount the Secret ${SECRET_NAME} of namespace ${namespaceName(settings)}, which is not in here. Its keys:`,
    `  ${secrets.map((secret) => secret.name).join(" ")}`,
    ...(settings.chain === undefined || settings.colour === undefined
      ? []
      : [`nft also mounts the Secret ${givenSecretName(settings.colour)}, with the key of astratrade:chain. Its keys:`, `  ${givenSecrets.join(" ")}`]),
  ]);
}

/** The Secrets as YAML, with their values in clear: the environment's own, and what the config of its colours gives. */
export function secretYaml(
  settings: Settings,
  values: Readonly<Record<SecretName, string>>,
  given: readonly { readonly settings: Settings; readonly values: Readonly<Record<SecretName, string>> }[] = [],
): string {
  const ofColours = given.flatMap((colour) => givenSecretManifests(colour.settings, colour.values));
  return manifestsYaml([secretManifest(settings, values), ...ofColours], [
    `AstraTrade ${settings.environment}: the secrets, in clear. Never commit this file.`,
    SOURCE,
  ]);
}
