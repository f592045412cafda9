import { SAMPLE_RATIOS } from "../../services/base/config.ts";
import { domainServices } from "../../services/catalogue.ts";
import { DATABASE_CONNECTIONS } from "../platform/defaults.ts";
import type { Settings } from "../platform/settings.ts";
import { COLOURS, type Colour } from "../platform/workload.ts";
import { chainSettings, checkChain } from "./chain.ts";
import { check, type CheckContext, fixOf, NAMESPACE, type Origin } from "./check.ts";
import { ConfigError } from "./config-error.ts";
import { configSchema, type StackConfig } from "./schema.ts";
import { checkTarget, kubernetesSettings, mostInstances } from "./targets.ts";

/** The `astratrade:` keys of one stack, without the namespace, as a person wrote them: text, or objects of text. */
export interface RawConfig {
  readonly stackName: string;
  /** The committed file, by name. */
  readonly fileName: string;
  /** Who set a top-level key. */
  readonly originOf: (key: string) => Origin;
  readonly values: Readonly<Record<string, unknown>>;
  /** Keys whose values must never be shown. */
  readonly secretKeys: ReadonlySet<string>;
}

/** Environment of the stacks `dev`, `blue` and `green`; others carry its name in front. */
const DEFAULT_ENVIRONMENT = "dev";

/** Name of the stack that holds an environment's foundation or colour, unless config says otherwise. */
export function stackNameOf(environment: string, stack: "foundation" | Colour): string {
  const name = stack === "foundation" ? "dev" : stack;
  return environment === DEFAULT_ENVIRONMENT ? name : `${environment}-${name}`;
}

/** Colour that a stack's name says: `green`, `test-green`. */
function colourOfName(stackName: string): Colour | undefined {
  return COLOURS.find((colour) => stackName === colour || stackName.endsWith(`-${colour}`));
}

/** Stack with the foundation that a stack stands on: `test-dev` beside `test-green`. */
function foundationBeside(stackName: string, environment: string): string {
  const colour = colourOfName(stackName);
  return colour === undefined ? stackNameOf(environment, "foundation") : `${stackName.slice(0, -colour.length)}dev`;
}

/** Connections to PostgreSQL at this number of instances of services with a schema, with what is kept for others. */
export function connectionsOf(instances: number): number {
  return instances * DATABASE_CONNECTIONS.perInstance + DATABASE_CONNECTIONS.reserve;
}

/** Connections that both colours may open at once, at these numbers of instances. */
export function connectionBudget(replicas: Settings["replicas"]): number {
  const instances = domainServices
    .filter((service) => service.schema !== undefined)
    .reduce((sum, service) => sum + (replicas[service.name] ?? 1), 0);
  return connectionsOf(COLOURS.length * instances);
}

/** What only shows when values are seen together. */
function checkTogether(config: RawConfig, settings: Settings, context: CheckContext): void {
  const add = (key: string, message: string, fix: string) =>
    context.problems.push({ path: `${NAMESPACE}:${key}`, message, fix });
  const named = colourOfName(config.stackName);
  if (named !== undefined && settings.colour !== named && !context.problems.some((p) => p.path === `${NAMESPACE}:colour`)) {
    add(
      "colour",
      `takes ${named} in stack "${config.stackName}" (got ${settings.colour ?? "nothing"})`,
      fixOf(context, "colour", named),
    );
  }
  if (COLOURS.some((colour) => settings.environment.endsWith(`-${colour}`))) {
    add(
      "environment",
      `takes a name that does not end in -blue or -green, which are colours (got "${settings.environment}")`,
      fixOf(context, "environment", settings.environment.replace(/-(blue|green)$/, "")),
    );
  }
  const connections = connectionBudget(mostInstances(settings));
  if (connections > DATABASE_CONNECTIONS.max) {
    const key = connectionBudget(settings.replicas) > DATABASE_CONNECTIONS.max ? "replicas" : "kubernetes.autoscaling";
    add(
      key,
      `takes instances whose connections fit PostgreSQL: 2 colours x instances x ${DATABASE_CONNECTIONS.perInstance} + ` +
        `${DATABASE_CONNECTIONS.reserve} may be ${DATABASE_CONNECTIONS.max} at most (got ${connections})`,
      fixOf(context, key),
    );
  }
}

/** Drops keys without a value, so that an absent setting is absent. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Settings with every default in its place. */
function withDefaults(config: StackConfig, stackName: string): Settings {
  const environment = config.environment ?? DEFAULT_ENVIRONMENT;
  const mode = config.mode ?? "dev";
  return {
    environment,
    ...(config.colour === undefined ? {} : { colour: config.colour }),
    mode,
    target: config.target ?? "docker",
    portOffset: config.portOffset ?? 0,
    ...(config.version === undefined ? {} : { version: config.version }),
    grafana: config.grafana ?? "auto",
    // Whoever has a receiver of their own needs no second one.
    jaeger: config.jaeger ?? (config.tracing?.otlpEndpoint === undefined ? "auto" : "off"),
    tracing: {
      ...(config.tracing?.otlpEndpoint === undefined ? {} : { otlpEndpoint: config.tracing.otlpEndpoint }),
      sampleRatio: config.tracing?.sampleRatio ?? SAMPLE_RATIOS[mode],
    },
    ...(config.priceFeedUrl === undefined ? {} : { priceFeedUrl: config.priceFeedUrl }),
    ...chainSettings(config.chain),
    resources: present(config.resources ?? {}) as Settings["resources"],
    replicas: present(config.replicas ?? {}) as Settings["replicas"],
    limits: {
      perUser: config.limits?.perUser ?? 200,
      perService: config.limits?.perService ?? 1000,
      ...(config.limits?.routes === undefined ? {} : { routes: config.limits.routes }),
    },
    ...(config.breakerResetSeconds === undefined ? {} : { breakerResetSeconds: config.breakerResetSeconds }),
    logLevel: config.logLevel ?? "info",
    ...(config.alertWebhook === undefined ? {} : { alertWebhook: config.alertWebhook }),
    foundationStack: config.foundationStack ?? foundationBeside(stackName, environment),
    ephemeral: config.ephemeral ?? false,
    ...(config.registry === undefined ? {} : { registry: config.registry }),
    kubernetes: kubernetesSettings(config.kubernetes),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/**
 * Makes a stack's settings from its config. Nothing wrong is replaced by a default: every problem is reported.
 * @throws ConfigError `config-invalid` with all problems at once.
 */
export function readSettings(config: RawConfig): Settings {
  const context: CheckContext = { ...config, problems: [] };
  const checked = check(configSchema, config.values, "", context) as StackConfig;
  const settings = withDefaults(checked, config.stackName);
  checkTarget(config.values, settings.target, context);
  checkTogether(config, settings, context);
  checkChain(config.values, settings, context);
  if (context.problems.length > 0) {
    throw new ConfigError("config-invalid", `the config of stack "${config.stackName}" (${config.fileName})`, context.problems);
  }
  return deepFreeze(settings);
}
