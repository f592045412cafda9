import { randomInt } from "node:crypto";
import { join } from "node:path";
import { readObject, writeWhole } from "../host/files.ts";
import { environmentFolder } from "../host/paths.ts";
import { secrets, type SecretDeclaration, type SecretName } from "../platform/secrets.ts";

export type SecretValues = Readonly<Record<SecretName, string>>;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function generate(declaration: SecretDeclaration): string {
  return Array.from({ length: declaration.length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

export function secretsFile(environment: string, stateFolder?: string): string {
  return join(environmentFolder(environment, stateFolder), "secrets.json");
}

/**
 * Secrets of an environment: each is generated the first time it is asked for and then kept, in a file that only its
 * owner reads.
 * @throws UserError when the file is damaged.
 */
export async function environmentSecrets(environment: string, stateFolder?: string): Promise<SecretValues> {
  const file = secretsFile(environment, stateFolder);
  const known = (await readObject(file)) ?? {};
  const values: Record<SecretName, string> = {};
  let missing = false;
  for (const declaration of secrets) {
    const value = known[declaration.name];
    if (typeof value === "string" && value !== "") {
      values[declaration.name] = value;
    } else {
      values[declaration.name] = generate(declaration);
      missing = true;
    }
  }
  if (missing) await writeWhole(file, `${JSON.stringify({ ...known, ...values }, null, 2)}\n`);
  return values;
}
