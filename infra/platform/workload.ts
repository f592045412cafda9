import type { ImageName } from "./images.ts";
import type { SecretName } from "./secrets.ts";

export type Colour = "blue" | "green";
export const COLOURS: readonly Colour[] = ["blue", "green"];

/** `foundation`: shared and stateful, one of each. `colour`: once per colour, replaced by blue-green. */
export type Scope = "foundation" | "colour";

export type WorkloadKind = "service" | "store" | "proxy" | "monitoring" | "job";

/** Where the host reaches a container port: nowhere, on 127.0.0.1 only, or on every address. */
export type Exposure = "loopback" | "public";

export interface WorkloadPort {
  /** Role of the port: `http`, `agent`, `redis` ... */
  readonly name: string;
  /** Port inside the container, [1, 65535]. */
  readonly container: number;
  /** Host port before the environment's offset; absent: not published. */
  readonly publish?: { readonly host: number; readonly exposure: Exposure };
}

/** How to ask whether a process answers: HTTP GET (2xx is yes) or a command (exit 0 is yes). */
export type Probe =
  | { readonly type: "http"; readonly port: number; readonly path: string }
  | { readonly type: "exec"; readonly command: readonly string[] };

export interface Limits {
  /** Memory limit in MiB, [32, 65536]; going over it ends the process. */
  readonly memoryMb: number;
  /** CPU limit in cores, (0, 64]. */
  readonly cpus: number;
}

export interface VolumeMount {
  /** Volume name inside the environment; the environment prefix is added on deployment. */
  readonly volume: string;
  readonly path: string;
  /** Space that it is expected to need, GiB; a target that reserves space asks for it. */
  readonly sizeGi: number;
}

export interface TmpfsMount {
  readonly path: string;
  readonly sizeMb: number;
}

/** A connection that a workload opens to another: in either colour, where that one has colours. */
export interface Connection {
  /** Name of the workload that is called. */
  readonly to: string;
  /** Port inside its container. */
  readonly port: number;
}

export interface StopRule {
  readonly signal: "SIGTERM" | "SIGINT" | "SIGUSR1";
  /** Seconds from the signal to SIGKILL; longer than the longest drain. */
  readonly graceSeconds: number;
}

/**
 * One kind of container, as plain data: what every target (Docker, Compose, Kubernetes) renders.
 * It knows no environment name, no colour and no image tag; `containerSpec` adds those.
 */
export interface Workload {
  /** DNS label, unique on the platform. */
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly scope: Scope;
  /** One sentence for people. */
  readonly purpose: string;
  readonly image: ImageName;
  /** Arguments instead of the image's own command. */
  readonly command?: readonly string[];
  /** Environment without secrets: those are files below `/run/secrets`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly WorkloadPort[];
  readonly limits: Limits;
  /** Where the processor is short it goes before others: somebody waits for it with an order on its way. @default false */
  readonly servedFirst?: boolean;
  /** The process answers. Docker's HEALTHCHECK and Kubernetes liveness. A one-shot job has none. */
  readonly live?: Probe;
  /** It can take work. Start-up waits and Kubernetes readiness; where it differs from `live`. */
  readonly ready?: Probe;
  /** Workloads that start before it. */
  readonly dependsOn: readonly string[];
  /** What it calls, but for scrapes, which `metrics` says; a target that can forbids the rest. */
  readonly connectsTo: readonly Connection[];
  readonly secrets: readonly SecretName[];
  readonly volumes: readonly VolumeMount[];
  /**
   * `reads`: finds its configuration in `/configuration/<part>/current`, and follows a change without a restart. `writes`:
   * the job that puts it there. Absent: has none, or has it in its image.
   */
  readonly configuration?: "reads" | "writes";
  readonly tmpfs: readonly TmpfsMount[];
  readonly stop: StopRule;
  /** Instances, [0, 10]. */
  readonly replicas: number;
  /** Takes part in routing by the traffic table and answers the edge's agent check. */
  readonly routed: boolean;
  /** Calls addresses outside the platform. @default false */
  readonly callsOutside?: boolean;
  /** URLs that it calls besides, outside the platform or elsewhere in its cluster. */
  readonly callsUrls?: readonly string[];
  /**
   * Gets the container engine's socket. Whoever has it rules the machine, so this is the agent's alone, and Docker's
   * alone: the exception stands in `docs/decisions.md`. @default false
   */
  readonly engineSocket?: boolean;
  /** Path and port that Prometheus scrapes; absent: nothing to scrape. */
  readonly metrics?: { readonly port: number; readonly path: string };
}
