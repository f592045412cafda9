import { LABELS } from "../platform/labels.ts";
import { hostAlias, networkName } from "../platform/names.ts";
import type { Settings } from "../platform/settings.ts";
import type { Colour } from "../platform/workload.ts";

/** Namespace of an environment: foundation and colours share it, as they share a network on Docker. */
export function namespaceName(settings: Pick<Settings, "environment">): string {
  return networkName(settings.environment);
}

/** The one Secret of an environment; a pod mounts those of its keys that it needs. */
export const SECRET_NAME = "astratrade-secrets";

/** The Secret of a colour, with what its config gives. Absent where that gives nothing. */
export function givenSecretName(colour: Colour | undefined): string {
  return colour === undefined ? SECRET_NAME : `${SECRET_NAME}-${colour}`;
}

/** Labels by which objects select a workload's pods: all but the version, since a selector never changes. */
export function selectorLabels(workload: string, settings: Pick<Settings, "environment" | "colour">): Record<string, string> {
  return {
    [LABELS.environment]: settings.environment,
    [LABELS.workload]: workload,
    ...(settings.colour === undefined ? {} : { [LABELS.colour]: settings.colour }),
  };
}

/** Metadata of an object of a workload. Its name is the one that others find the workload by. */
export function objectMetadata(workload: string, settings: Pick<Settings, "environment" | "colour">, suffix = "") {
  return {
    name: `${hostAlias(workload, settings.colour)}${suffix}`,
    namespace: namespaceName(settings),
    labels: selectorLabels(workload, settings),
  };
}
