import type { OpenedBy } from "../host/runtime.ts";
import { PORTS } from "../platform/ports.ts";
import type { Settings } from "../platform/settings.ts";

/** Where a person or program finds a part of the platform. */
export interface Address {
  readonly name: string;
  readonly url: string;
  /** Command that opens it; absent: it is open. */
  readonly openBy?: string;
}

/** Which parts that not every environment has are there. */
export interface OptionalParts {
  readonly grafana: boolean;
  readonly jaeger?: boolean;
}

/** Addresses of an environment on this machine; those of a cluster once they are opened. */
export function addresses(settings: Settings, { grafana, jaeger }: OptionalParts, openedBy: OpenedBy = () => undefined): readonly Address[] {
  const address = (name: string, port: number, path = ""): Address => {
    const openBy = openedBy(port);
    return { name, url: `http://localhost:${port + settings.portOffset}${path}`, ...(openBy === undefined ? {} : { openBy }) };
  };
  return [
    address("gateway", PORTS.edge),
    address("dashboard", PORTS.edge, "/dashboard"),
    address("registry", PORTS.edge, "/services"),
    address("Prometheus", PORTS.prometheus),
    address("Alertmanager", PORTS.alertmanager),
    ...(grafana ? [address("Grafana", PORTS.grafana)] : []),
    ...(jaeger === true ? [address("Jaeger", PORTS.jaeger)] : []),
  ];
}
