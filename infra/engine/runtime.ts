import { dockerRuntime } from "../host/docker-runtime.ts";
import type { Runtime } from "../host/runtime.ts";
import type { Settings } from "../platform/settings.ts";

/** What has to be known of an environment to find it. */
export type Place = Pick<Settings, "environment" | "portOffset" | "target" | "kubernetes">;

/**
 * Where an environment runs.
 * @throws UserError in one line when it is a cluster's, and there is no kubeconfig, no `kubectl`, or no answer.
 */
export async function runtimeOf(place: Place): Promise<Runtime> {
  if (place.target === "docker") return dockerRuntime(place);
  // What speaks to clusters is read only where there is one.
  const { clusterRuntime } = await import("../kubernetes/cluster-runtime.ts");
  return await clusterRuntime(place);
}

/** Runs `work` with the place's runtime, and closes it. */
export async function withRuntime<T>(place: Place, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await runtimeOf(place);
  try {
    return await work(runtime);
  } finally {
    runtime.close();
  }
}
