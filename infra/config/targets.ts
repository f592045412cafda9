import type { KubernetesSettings, Settings, Target } from "../platform/settings.ts";
import { type CheckContext, fixOf, NAMESPACE } from "./check.ts";
import type { StackConfig } from "./schema.ts";

/** Keys that only one target understands. */
const ONLY: Readonly<Record<string, Target>> = { portOffset: "docker", registry: "kubernetes", kubernetes: "kubernetes" };

/** The gateway may grow by itself: unlike the domain services it takes no connections from PostgreSQL's budget. */
const DEFAULT_AUTOSCALING: KubernetesSettings["autoscaling"] = { gateway: 4 };

/** Settings of a cluster, with every default in its place. */
export function kubernetesSettings(config: StackConfig["kubernetes"] = {}): KubernetesSettings {
  return {
    ...(config.context === undefined ? {} : { context: config.context }),
    entry: config.entry ?? "ClusterIP",
    ...(config.storageClass === undefined ? {} : { storageClass: config.storageClass }),
    ...(config.pullSecret === undefined ? {} : { pullSecret: config.pullSecret }),
    volumes: (config.volumes ?? {}) as KubernetesSettings["volumes"],
    autoscaling: { ...DEFAULT_AUTOSCALING, ...config.autoscaling } as KubernetesSettings["autoscaling"],
  };
}

/** Most instances that a service may come to: those of config, or on a cluster what it is scaled up to. */
export function mostInstances(settings: Settings): Readonly<Record<string, number>> {
  if (settings.target !== "kubernetes") return settings.replicas;
  const services = new Set([...Object.keys(settings.replicas), ...Object.keys(settings.kubernetes.autoscaling)]);
  const most = (service: string) => Math.max(settings.replicas[service] ?? 1, settings.kubernetes.autoscaling[service] ?? 1);
  return Object.fromEntries([...services].map((service) => [service, most(service)]));
}

/** What a target cannot do is refused with its name, never passed over. */
export function checkTarget(values: Readonly<Record<string, unknown>>, target: Target, context: CheckContext): void {
  for (const [key, only] of Object.entries(ONLY)) {
    if (values[key] === undefined || only === target) continue;
    context.problems.push({
      path: `${NAMESPACE}:${key}`,
      message: `is for target ${only} only, and this stack's target is ${target}`,
      fix: fixOf(context, key),
    });
  }
}
