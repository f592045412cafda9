import { chooseEngine, onPath, type EngineChoice } from "../engine/choose.ts";
import { ENGINES, type Engine, type EngineName } from "../engine/engine.ts";
import { environmentConfig, type EnvironmentConfig } from "../engine/model.ts";
import { readRecord, type EnvironmentRecord } from "../engine/record.ts";
import { UserError } from "../host/user-error.ts";
import type { Invocation } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** What most commands begin with: which environment, how it is configured, what is known of it. */
export interface Session {
  readonly environment: string;
  readonly record: EnvironmentRecord | undefined;
  readonly config: EnvironmentConfig;
}

/**
 * `key=value` pairs of `--config`.
 * @throws UsageError naming the pair that is none.
 */
export function parseOverrides(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--config takes KEY=VALUE, for example portOffset=10000, not "${pair}".`);
      return [pair.slice(0, at).replace(/^astratrade:/, ""), pair.slice(at + 1)];
    }),
  );
}

/** What the last `up` was given, and what this call says over it; an empty value forgets a key. */
export function mergeOverrides(
  kept: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...kept, ...given }).filter(([, value]) => value !== ""));
}

/** Name of the environment that a call means. */
export function environmentOf(invocation: Invocation): string {
  return invocation.text("environment") ?? "dev";
}

/**
 * Opens the environment that a call means. Config that the last `up` was given by `--config` still holds.
 * @throws ConfigError with every problem.
 */
export async function openSession(invocation: Invocation): Promise<Session> {
  const environment = environmentOf(invocation);
  // A bad name must not become a path.
  environmentConfig(environment, {});
  const record = await readRecord(environment);
  const overrides = mergeOverrides(record?.overrides ?? {}, parseOverrides(invocation.texts("config")));
  return { environment, record, config: environmentConfig(environment, overrides) };
}

/**
 * For commands that work on this machine's containers.
 * @throws UserError naming the target and its own commands, where the environment is a cluster's.
 */
export function requireDockerTarget(session: Session): void {
  const { foundation } = session.config.targets;
  if (foundation.settings.target === "docker") return;
  throw new UserError(
    `Environment ${session.environment} has astratrade:target ${foundation.settings.target}, and this command is for target docker. ` +
      `Deploy to a cluster by \`pulumi up --stack ${foundation.stackName}\`, or by ./astra render --target kubernetes and kubectl.`,
  );
}

/** The engine that a call means. */
export function chosenEngine(invocation: Invocation, record: EnvironmentRecord | undefined): EngineChoice {
  const forced = ENGINES.find((engine) => engine === invocation.text("engine"));
  return chooseEngine(forced, record, onPath("pulumi"));
}

/** Loads an engine; the other one's libraries are not read. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  if (name === "pulumi") return (await import("../engine/pulumi.ts")).pulumiEngine;
  return (await import("../compose/compose-engine.ts")).composeEngine;
}
