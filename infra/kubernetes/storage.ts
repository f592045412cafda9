import { UserError } from "../host/user-error.ts";
import type { Settings } from "../platform/settings.ts";
import type { Kubectl } from "./kubectl.ts";

/** What is looked at of a cluster's storage. */
export interface ClusterStorage {
  readonly classes: readonly { readonly name: string; readonly isDefault: boolean }[];
  /** Volumes without a class that no claim has. */
  readonly freeVolumes: number;
  /** Claims of the environment that have their volume. */
  readonly boundClaims: number;
}

/** Why stores would wait for a volume for ever, and what to do; undefined where they would not. */
export function storageProblem({ classes, freeVolumes, boundClaims }: ClusterStorage, wanted: string | undefined): string | undefined {
  const names = classes.map(({ name }) => name);
  const there = names.length === 0 ? "The cluster has none." : `There is: ${names.join(", ")}.`;
  if (wanted !== undefined)
    return names.includes(wanted) ? undefined : `The cluster has no StorageClass "${wanted}", which astratrade:kubernetes.storageClass names. ${there}`;
  if (classes.some(({ isDefault }) => isDefault) || freeVolumes > 0 || boundClaims > 0) return undefined;
  return (
    "The cluster has no default StorageClass and no free volume, so PostgreSQL, Redis, Prometheus and Alertmanager would wait for one for ever.\n" +
    `Set astratrade:kubernetes.storageClass to one that it has, or install a provisioner. ${there}`
  );
}

interface Listed {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

/**
 * Makes sure that stores find volumes. Whoever may not list classes or volumes of a cluster is let through: the wait for
 * the stores then tells.
 * @throws UserError saying what the cluster lacks.
 */
export async function requireStorage(kubectl: Kubectl, settings: Pick<Settings, "kubernetes">): Promise<void> {
  const list = async (kind: string): Promise<readonly Listed[] | undefined> => await kubectl.items<Listed>([kind]).catch(() => undefined);
  const [classes, volumes, claims] = await Promise.all([list("storageclasses"), list("persistentvolumes"), list("persistentvolumeclaims")]);
  if (classes === undefined || volumes === undefined || claims === undefined) return;
  const problem = storageProblem(
    {
      classes: classes.map(({ metadata }) => ({
        name: metadata.name,
        isDefault: metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
      })),
      freeVolumes: volumes.filter(({ spec, status }) => status?.phase === "Available" && (spec?.storageClassName ?? "") === "").length,
      boundClaims: claims.filter(({ status }) => status?.phase === "Bound").length,
    },
    settings.kubernetes.storageClass,
  );
  if (problem !== undefined) throw new UserError(problem);
}
