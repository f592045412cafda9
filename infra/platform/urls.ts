import { PORTS } from "./ports.ts";
import type { Settings } from "./settings.ts";

/** Where people and tools on this machine reach an environment. */
export interface Urls {
  readonly api: string;
  readonly dashboard: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  /** Absent where the environment goes without Grafana. */
  readonly grafana?: string;
  /** Absent where the environment goes without Jaeger. */
  readonly jaeger?: string;
}

/** URLs of an environment on the host. */
export function environmentUrls(settings: Settings, hasGrafana: boolean, hasJaeger = false): Urls {
  const at = (port: number) => `http://localhost:${port + settings.portOffset}`;
  return {
    api: at(PORTS.edge),
    dashboard: `${at(PORTS.edge)}/dashboard`,
    prometheus: at(PORTS.prometheus),
    alertmanager: at(PORTS.alertmanager),
    ...(hasGrafana ? { grafana: at(PORTS.grafana) } : {}),
    ...(hasJaeger ? { jaeger: at(PORTS.jaeger) } : {}),
  };
}
