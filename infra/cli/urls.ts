import { PORTS } from "../platform/ports.ts";
import type { Settings } from "../platform/settings.ts";

/** Where a person or program finds a part of the platform. */
export interface Address {
  readonly name: string;
  readonly url: string;
}

/** Addresses of an environment on this machine. */
export function addresses(settings: Settings, grafana: boolean): readonly Address[] {
  const http = (port: number, path = ""): string => `http://localhost:${port + settings.portOffset}${path}`;
  return [
    { name: "gateway", url: http(PORTS.edge) },
    { name: "dashboard", url: http(PORTS.edge, "/dashboard") },
    { name: "registry", url: http(PORTS.edge, "/services") },
    { name: "Prometheus", url: http(PORTS.prometheus) },
    { name: "Alertmanager", url: http(PORTS.alertmanager) },
    ...(grafana ? [{ name: "Grafana", url: http(PORTS.grafana) }] : []),
  ];
}
