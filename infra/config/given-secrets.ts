import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../host/user-error.ts";
import { CHAIN_KEY, type SecretName } from "../platform/secrets.ts";
import type { Settings } from "../platform/settings.ts";
import { isPrivateKey } from "./chain.ts";

/**
 * Values of the secrets that a person gives: what Pulumi has decrypted, else what the named files hold. Paths that are not
 * absolute are below the project.
 * @throws UserError when a file cannot be read or holds something else; never with what it holds.
 */
export function readGivenSecrets(
  { chain, colour }: Settings,
  projectRoot: string,
  decrypted: Readonly<Record<SecretName, string>> = {},
): Readonly<Record<SecretName, string>> {
  if (chain === undefined || colour === undefined) return {};
  const known = decrypted[CHAIN_KEY];
  if (known !== undefined) return { [CHAIN_KEY]: known };
  const path = resolve(projectRoot, chain.keyFile ?? "");
  return { [CHAIN_KEY]: keyIn(path) };
}

function keyIn(path: string): string {
  const wants = "astratrade:chain.keyFile names the file with the private key of the account that deployed the contract";
  let key: string;
  try {
    key = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new UserError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown"}): ${wants}.`, { cause });
  }
  if (!isPrivateKey(key)) throw new UserError(`${path} holds no private key: ${wants}, as 0x and 64 hex digits in one line.`);
  return key;
}
