import { allServices } from "../../../services/catalogue.ts";
import { DEFAULT_LIMITS } from "../defaults.ts";
import { CONFIGURE } from "../jobs.ts";
import { PORTS } from "../ports.ts";
import type { Settings } from "../settings.ts";
import type { Workload } from "../workload.ts";

/** What starts before a workload that reads its configuration; on a cluster, each pod writes its own first. */
export function configuredBefore(settings: Settings): readonly string[] {
  return settings.target === "kubernetes" ? [] : [CONFIGURE];
}

/** What the parts are written from besides the image's files, by workload that reads it. */
function sources(settings: Settings, hasAgent: boolean): Readonly<Record<string, Workload["environment"]>> {
  return {
    edge: {
      ASTRA_MODE: settings.mode,
      ASTRA_AGENT_PORT: String(PORTS.agentCheck),
      // name:port of each front end.
      ASTRA_EDGE_BACKENDS: allServices.map((service) => `${service.name}:${service.port}`).join(" "),
      // HAProxy asks for names as they are, and a cluster knows only full ones.
      ...(settings.target === "kubernetes" ? { ASTRA_EDGE_DOMAIN: "search" } : {}),
    },
    alertmanager: {
      ...(settings.alertWebhook === undefined ? {} : { ASTRA_ALERT_WEBHOOK: settings.alertWebhook }),
      ...(hasAgent ? { ASTRA_ROLLBACK_URL: `http://agent:${PORTS.agent}/alerts` } : {}),
    },
  };
}

/**
 * One-shot job that writes and checks the configuration of the edge, Prometheus, Alertmanager and Grafana. A change of it
 * replaces this job and nothing that listens: those who read it (`configuration` of a workload) reload by themselves.
 * With an agent, alerts that ask for a rollback go to it as well. Where `only` names a reader, it writes that one's part
 * alone, for its pod.
 */
export function configureWorkload(settings: Settings, hasAgent: boolean, only?: string): Workload {
  const from = sources(settings, hasAgent);
  return {
    name: CONFIGURE,
    kind: "job",
    scope: "foundation",
    purpose: "Writes the configuration of the edge and of monitoring, then ends.",
    image: CONFIGURE,
    ...(only === undefined ? {} : { command: ["configure", "--only", only] }),
    environment: only === undefined ? Object.assign({}, ...Object.values(from)) : (from[only] ?? {}),
    ports: [],
    limits: { ...DEFAULT_LIMITS, ...settings.resources[CONFIGURE] },
    dependsOn: [],
    connectsTo: [],
    secrets: [],
    volumes: [],
    configuration: "writes",
    tmpfs: [{ path: "/tmp", sizeMb: 16 }],
    stop: { signal: "SIGTERM", graceSeconds: 10 },
    replicas: 1,
    routed: false,
  };
}
