import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE } from "../config/check.ts";
import { readGivenSecrets } from "../config/given-secrets.ts";
import { readSettings } from "../config/settings.ts";
import { committedValues, mergedValues, stackFileName } from "../config/stack-file.ts";
import { PROJECT_ROOT } from "../host/paths.ts";
import { CHAIN_KEY, type SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";

/** Keys that were set with `--secret`; the engine names them to the program by this variable. */
function secretKeys(): ReadonlySet<string> {
  const text = process.env["PULUMI_CONFIG_SECRET_KEYS"];
  const keys: unknown = text === undefined || text === "" ? [] : JSON.parse(text);
  return new Set(Array.isArray(keys) ? keys.map((key) => String(key).replace(`${NAMESPACE}:`, "")) : []);
}

/** The engine hands every value over as text; an object is its JSON. */
function fromEngine(text: string): unknown {
  if (!text.startsWith("{")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Settings of the stack that the engine runs: what the committed file says, and over it what `pulumi config set` said
 * on this machine. The only place that reads Pulumi's config.
 * @throws ConfigError `config-invalid` with all problems at once.
 */
export function settingsOfRunningStack(): Settings {
  const stackName = pulumi.getStack();
  const own = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
      .map(([key, text]) => [key.slice(NAMESPACE.length + 1), fromEngine(text)]),
  );
  return readSettings({
    stackName,
    fileName: stackFileName(stackName),
    originOf: (key) => (key in own ? "pulumi" : "file"),
    values: mergedValues(committedValues(PROJECT_ROOT, stackName), own),
    secretKeys: secretKeys(),
  });
}

/**
 * Values of the secrets that the running stack's config gives: decrypted by the engine, or in files that it names.
 * @throws UserError when such a file cannot be used.
 */
export function givenSecretsOfRunningStack(settings: Settings): Readonly<Record<SecretName, string>> {
  const key = pulumi.runtime.allConfig()[`${NAMESPACE}:chainKey`];
  return readGivenSecrets(settings, PROJECT_ROOT, key === undefined ? {} : { [CHAIN_KEY]: key });
}
