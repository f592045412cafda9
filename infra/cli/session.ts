import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { chooseEngine, onPath, type EngineChoice } from "../engine/choose.ts";
import { ENGINES, type Engine, type EngineName } from "../engine/engine.ts";
import { keepingLogsOf } from "../engine/keep-logs.ts";
import { environmentConfig, type EnvironmentConfig } from "../engine/model.ts";
import { readRecord, type EnvironmentRecord } from "../engine/record.ts";
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

/** Pulumi's provider for clusters: on the PATH, or among its installed plugins. */
function clusterProviderIsHere(): boolean {
  if (onPath("pulumi-resource-kubernetes")) return true;
  const plugins = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
  return existsSync(plugins) && readdirSync(plugins).some((name) => name.startsWith("resource-kubernetes-"));
}

/** The engine that a call means. */
export function chosenEngine(invocation: Invocation, { record, config }: Session): EngineChoice {
  const forced = ENGINES.find((engine) => engine === invocation.text("engine"));
  const { target } = config.targets.foundation.settings;
  return chooseEngine(forced, record, onPath("pulumi") && (target === "docker" || clusterProviderIsHere()), target);
}

/** Loads an engine; the other one's libraries are not read. Logs of a colour that it removes are kept. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  return keepingLogsOf(await importEngine(name));
}

async function importEngine(name: EngineName): Promise<Engine> {
  if (name === "pulumi") return (await import("../engine/pulumi.ts")).pulumiEngine;
  if (name === "kubectl") return (await import("../kubernetes/kubectl-engine.ts")).kubectlEngine;
  return (await import("../compose/compose-engine.ts")).composeEngine;
}
