import type { Colour, Limits } from "./workload.ts";

/** Where a stack is deployed to. */
export type Target = "docker" | "kubernetes";

/** What only a cluster understands. */
export interface KubernetesSettings {
  /** Context of the kubeconfig; absent: its current one. */
  readonly context?: string;
  /** Kind of the Service by which the outside reaches the edge. */
  readonly entry: "ClusterIP" | "NodePort" | "LoadBalancer";
  /** Absent: the cluster's default class. */
  readonly storageClass?: string;
  /** GiB of single volumes, instead of the model's. */
  readonly volumes: Readonly<Record<string, number>>;
  /** Name of the Secret, made by the cluster's people, that lets nodes pull from the registry. */
  readonly pullSecret?: string;
  /** Most instances of single services, [1, 20]; those with more than their `replicas` are scaled by load. */
  readonly autoscaling: Readonly<Record<string, number>>;
}

/** An EVM chain with the nft contract. The key of the contract's account is a secret, and no part of this. */
export interface ChainSettings {
  /** JSON-RPC address of a node, as containers reach it. */
  readonly url: string;
  /** Address that `npm run contract:deploy` told: `0x` and 40 hex digits. */
  readonly contract: string;
  /** Blocks on top of an operation's own before it counts as final, [0, 1000]; absent: 12. */
  readonly confirmations?: number;
  /** File with the private key on the machine that deploys; absent: the key is Pulumi's secret `astratrade:chainKey`. */
  readonly keyFile?: string;
}

/**
 * Everything that a person may decide about one stack of one environment. `infra/config` makes it from the
 * stack's config and is the only place that does; all defaults stand there.
 */
export interface Settings {
  /** Environment: prefix of every name on the machine. */
  readonly environment: string;
  /** Which colour this stack is; absent: the foundation. */
  readonly colour?: Colour;
  /** `dev` believes `X-User-ID` and seeds the demo user; `production` believes tokens only. */
  readonly mode: "dev" | "production";
  readonly target: Target;
  /** Added to every host port, so that several environments fit on one machine; [0, 50000]. */
  readonly portOffset: number;
  /** Release name of the colour; absent: made from the content of the images. */
  readonly version?: string;
  /** `auto`: deployed where its image can be had. */
  readonly grafana: "auto" | "on" | "off";
  /** `auto`: deployed where its image can be had. With an `otlpEndpoint` of somebody else's the default is `off`. */
  readonly jaeger: "auto" | "on" | "off";
  readonly tracing: {
    /** Base address of an OTLP/HTTP receiver; absent: the environment's own Jaeger. */
    readonly otlpEndpoint?: string;
    /** Share of the traces that are recorded, [0, 1]. */
    readonly sampleRatio: number;
  };
  /** Base address of a real price API; absent: simulated prices. */
  readonly priceFeedUrl?: string;
  /** Where rewards live; absent: on a simulated chain. */
  readonly chain?: ChainSettings;
  /** Limits of single workloads, instead of the defaults. */
  readonly resources: Readonly<Record<string, Partial<Limits>>>;
  /** Instances of single services, instead of one. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Requests a minute. */
  readonly limits: {
    readonly perUser: number;
    readonly perService: number;
    /** Limits of single routes (`services/base/route-limits.ts`); absent: none. */
    readonly routes?: string;
  };
  /** Seconds until an open circuit breaker of the gateway tries again, [30, 60]; absent: 30. */
  readonly breakerResetSeconds?: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Address that Alertmanager posts alerts to; absent: they only show in Alertmanager. */
  readonly alertWebhook?: string;
  /** Stack that holds the foundation of this environment. */
  readonly foundationStack: string;
  /** A throw-away environment: destroying it removes its volumes. */
  readonly ephemeral: boolean;
  /** Registry, and folder in it, that images are pushed to and pulled from; absent: nodes have them already. */
  readonly registry?: string;
  readonly kubernetes: KubernetesSettings;
}
