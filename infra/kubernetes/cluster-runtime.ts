import type { IPod, ISecret } from "kubernetes-models/v1";
import { domainServices } from "../../services/catalogue.ts";
import type { Runtime } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";
import { LABELS } from "../platform/labels.ts";
import { PORTS } from "../platform/ports.ts";
import type { Settings } from "../platform/settings.ts";
import { forward, type Forward } from "./forward.ts";
import { SECRET_NAME } from "./identity.ts";
import { openCluster, type Kubectl } from "./kubectl.ts";
import { podContainer } from "./pod-container.ts";
import { podLog, podStarts } from "./pod-logs.ts";
import { podUsage, type PodMetrics } from "./pod-usage.ts";

const METRICS_MS = 8_000;

/** Service that stands for each port that people and commands reach. */
const SERVICES: ReadonlyMap<number, string> = new Map([
  ...[PORTS.edge, ...domainServices.map((service) => service.port)].map((port) => [port, "edge"] as const),
  [PORTS.prometheus, "prometheus"],
  [PORTS.alertmanager, "alertmanager"],
  [PORTS.grafana, "grafana"],
  [PORTS.redis, "redis"],
  [PORTS.postgres, "postgres"],
]);

/** Ports that were opened, each once, as long as it lasts. */
function forwards(kubectl: Kubectl) {
  const known = new Map<number, Promise<Forward>>();
  return {
    async localPort(port: number): Promise<number> {
      const service = SERVICES.get(port);
      if (service === undefined) throw new UserError(`Nothing of the platform is reached by port ${port}.`);
      const before = await known.get(port)?.catch(() => undefined);
      if (before !== undefined && !before.closed()) return before.port;
      const next = forward(kubectl, service, port);
      known.set(port, next);
      return (await next).port;
    },
    close(): void {
      for (const each of known.values()) void each.then((open) => open.close(), () => undefined);
      known.clear();
    },
  };
}

async function usageOf(kubectl: Kubectl, pods: readonly IPod[]) {
  const { code, stdout } = await kubectl.run(["get", "--raw", `/apis/metrics.k8s.io/v1beta1/namespaces/${kubectl.namespace}/pods`], { deadlineMs: METRICS_MS });
  // A cluster without metrics-server knows no such address.
  return code === 0 ? podUsage(pods, (JSON.parse(stdout) as { readonly items: readonly PodMetrics[] }).items) : undefined;
}

/**
 * An environment on a cluster.
 * @throws UserError in one line: no kubeconfig, no answer, no `kubectl`.
 */
export async function clusterRuntime(settings: Pick<Settings, "environment" | "kubernetes">): Promise<Runtime> {
  const kubectl = await openCluster(settings);
  const { environment } = settings;
  const ports = forwards(kubectl);
  const pods = async (): Promise<readonly IPod[]> => await kubectl.items<IPod>(["pods", "--selector", `${LABELS.environment}=${environment}`]);
  return {
    target: "kubernetes",
    containers: async () => (await pods()).map(podContainer),
    usage: async (containers) => (containers.length === 0 ? new Map() : await usageOf(kubectl, await pods())),
    log: (pod, options, signal) => podLog(kubectl, pod, options, signal),
    starts: (signal) => podStarts(kubectl, environment, signal),
    async secret(name) {
      const [secret] = await kubectl.items<ISecret>(["secret", SECRET_NAME]);
      const value = secret?.data?.[name];
      return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
    },
    secretBy: (name) => `kubectl ${kubectl.args(["get", "secret", SECRET_NAME, "--output", `jsonpath={.data.${name}}`]).join(" ")} | base64 -d`,
    // Stores are StatefulSets of one pod.
    inside: (store, command) => ({ program: "kubectl", args: kubectl.args(["exec", "--stdin", `${store}-0`, "--", ...command]) }),
    localPort: ports.localPort,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      url.hostname = "127.0.0.1";
      url.port = String(await ports.localPort(Number(url.port)));
      return await fetch(url, init);
    },
    openedBy: (port) => {
      const service = SERVICES.get(port);
      return service === undefined ? undefined : `kubectl ${kubectl.args(["port-forward", `service/${service}`, String(port)]).join(" ")}`;
    },
    close: ports.close,
  };
}
