import Type, { type Static, type TSchema } from "typebox";
import { ROUTE_LIMITS_TAKE } from "../../services/base/route-limits.ts";
import { allServices } from "../../services/catalogue.ts";
import { MOST_INSTANCES } from "../platform/defaults.ts";
import { volumeNames, workloadNames } from "../platform/platform.ts";

/** What a key takes, in words that complete "takes ...", and a value that is right, for the command that fixes it. */
export interface Rule {
  readonly takes: string;
  readonly example: string;
}

/** A schema with its rule in words: every leaf of the config has one. */
export type Leaf = TSchema & Rule;

const environmentPattern = "^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$";

const limits = Type.Object({
  memoryMb: Type.Optional(
    Type.Integer({ minimum: 32, maximum: 65_536, takes: "an integer number of MiB, 32 to 65536", example: "512" }),
  ),
  cpus: Type.Optional(
    Type.Number({ minimum: 0.01, maximum: 64, takes: "a number of CPU cores, 0.01 to 64", example: "0.5" }),
  ),
});

const instances = Type.Integer({ minimum: 0, maximum: MOST_INSTANCES, takes: `an integer number of instances, 0 to ${MOST_INSTANCES}`, example: "1" });

const perMinute = (example: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, takes: "an integer number of requests a minute, 1 to 1000000", example });

/** Limits of single routes, as the gateway reads them (`services/base/route-limits.ts`). */
const routeLimits = Type.String({
  pattern: "^(?:(?:[A-Z]+|\\*) /[^\\s?*;]*(?:/\\*)?(?: (?:user|service)=[1-9]\\d{0,8})+(?:; ?|$))+$",
  takes: `limits of single routes: ${ROUTE_LIMITS_TAKE}`,
  example: "POST /api/v1/user/login user=20",
});

/** An object whose keys come from a list: all of them optional. */
function keyed<T extends TSchema>(names: readonly string[], value: T) {
  return Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional(value)])));
}

function choice<T extends string[]>(values: readonly [...T], example: T[number]) {
  return Type.Enum(values, { takes: `one of ${values.join(", ")}`, example });
}

const objectName = (what: string, example: string) =>
  Type.String({ pattern: "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", takes: `the name of ${what}`, example });

/** No user or password: containers' environments are shown by `docker inspect`. */
const httpAddress = (what: string, example: string) =>
  Type.String({
    pattern: "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/%?&=+-]*)?$",
    takes: `${what}, http:// or https://, without a user or a password in it`,
    example,
  });

const kubernetesSchema = Type.Object({
  context: Type.Optional(
    Type.String({ pattern: "^[^\\s]{1,253}$", takes: "the name of a context of the kubeconfig", example: "<context>" }),
  ),
  entry: Type.Optional(choice(["ClusterIP", "NodePort", "LoadBalancer"], "ClusterIP")),
  storageClass: Type.Optional(objectName("a storage class of the cluster", "standard")),
  pullSecret: Type.Optional(objectName("a Secret of type kubernetes.io/dockerconfigjson", "registry")),
  volumes: Type.Optional(
    keyed(volumeNames, Type.Integer({ minimum: 1, maximum: 16_384, takes: "an integer number of GiB, 1 to 16384", example: "20" })),
  ),
  autoscaling: Type.Optional(
    keyed(
      allServices.map((service) => service.name),
      Type.Integer({ minimum: 1, maximum: 10, takes: "the most instances, an integer, 1 to 10", example: "4" }),
    ),
  ),
});

/** Every key of `astratrade:` in a stack's config. Defaults stand in `settings.ts`. */
export const configSchema = Type.Object({
  environment: Type.Optional(
    Type.String({
      pattern: environmentPattern,
      takes: "a name of 1 to 20 lower-case letters, digits and hyphens that starts with a letter",
      example: "dev",
    }),
  ),
  colour: Type.Optional(choice(["blue", "green"], "blue")),
  mode: Type.Optional(choice(["dev", "production"], "dev")),
  target: Type.Optional(choice(["docker", "kubernetes"], "docker")),
  portOffset: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 50_000,
      takes: "an integer, 0 to 50000, that is added to every host port",
      example: "0",
    }),
  ),
  version: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
      takes: "a release name of 1 to 63 letters, digits, '_', '.' and '-', with a letter or digit at both ends",
      example: "v1",
    }),
  ),
  grafana: Type.Optional(choice(["auto", "on", "off"], "auto")),
  jaeger: Type.Optional(choice(["auto", "on", "off"], "auto")),
  tracing: Type.Optional(
    Type.Object({
      otlpEndpoint: Type.Optional(httpAddress("the base address of an OTLP/HTTP receiver", "http://collector.example.com:4318")),
      sampleRatio: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1, takes: "the share of traces to record, a number, 0 to 1", example: "0.01" }),
      ),
    }),
  ),
  priceFeedUrl: Type.Optional(httpAddress("the base address of a price API", "https://api.exchange.coinbase.com")),
  chain: Type.Optional(
    Type.Object({
      url: Type.Optional(httpAddress("the JSON-RPC address of an EVM node", "http://node.example.com:8545")),
      contract: Type.Optional(
        Type.String({
          pattern: "^0x[0-9a-fA-F]{40}$",
          takes: "the address that npm run contract:deploy told, 0x and 40 hex digits",
          example: `0x${"0".repeat(40)}`,
        }),
      ),
      confirmations: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000, takes: "an integer number of blocks, 0 to 1000", example: "12" })),
      keyFile: Type.Optional(
        Type.String({ pattern: "^[^\\0\\n]{1,4096}$", takes: "the path of a file with the contract account's private key", example: "chain.key" }),
      ),
    }),
  ),
  /** Checked in `chain.ts`: no message may show it. */
  chainKey: Type.Optional(Type.Unknown({ takes: "a private key", example: "" })),
  resources: Type.Optional(keyed(workloadNames, limits)),
  replicas: Type.Optional(
    keyed(
      allServices.map((service) => service.name),
      instances,
    ),
  ),
  limits: Type.Optional(
    Type.Object({ perUser: Type.Optional(perMinute("200")), perService: Type.Optional(perMinute("1000")), routes: Type.Optional(routeLimits) }),
  ),
  breakerResetSeconds: Type.Optional(
    Type.Integer({ minimum: 30, maximum: 60, takes: "seconds until an open circuit breaker tries again, a whole number, 30 to 60", example: "45" }),
  ),
  logLevel: Type.Optional(choice(["debug", "info", "warn", "error"], "info")),
  alertWebhook: Type.Optional(httpAddress("an address that alerts are posted to", "http://alerts.example.com/hook")),
  foundationStack: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,2}$",
      takes: "the name of a Pulumi stack: <stack> or <organization>/<project>/<stack>",
      example: "dev",
    }),
  ),
  ephemeral: Type.Optional(Type.Boolean({ takes: "true or false", example: "false" })),
  registry: Type.Optional(
    Type.String({
      pattern: "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$",
      takes: "a registry and perhaps a folder in it, without scheme and tag",
      example: "registry.example.com/team",
    }),
  ),
  kubernetes: Type.Optional(kubernetesSchema),
});

/** The config of a stack as written by a person, checked. */
export type StackConfig = Static<typeof configSchema>;
