import { EnvironmentReader, readSecret } from "../base/config.ts";

/** Where tokens live. Absent: on the simulated chain. */
export interface EvmSettings {
  readonly url: string;
  readonly contract: `0x${string}`;
  readonly privateKey: `0x${string}`;
  readonly finalAfter: number;
}

/** As many as make a reorganisation of a public proof-of-stake chain unheard of. */
const DEFAULT_CONFIRMATIONS = 12;

function isHex(text: string, digits: number): text is `0x${string}` {
  return new RegExp(`^0x[0-9a-fA-F]{${digits}}$`).test(text);
}

/**
 * What nft alone takes from the environment: `ASTRA_CHAIN_URL`, and with it `ASTRA_CHAIN_CONTRACT`, `ASTRA_CHAIN_CONFIRMATIONS`
 * and the secret `chain_key`.
 * @throws ConfigError with every problem at once; never with the key.
 */
export function readChainSettings(
  secretsDir: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): EvmSettings | undefined {
  const read = new EnvironmentReader(environment);
  const url = read.httpAddress("ASTRA_CHAIN_URL");
  if (url === undefined && read.problems.length === 0) return undefined;
  const contract = read.text("ASTRA_CHAIN_CONTRACT");
  if (!isHex(contract, 40)) {
    read.problems.push(`ASTRA_CHAIN_CONTRACT: takes the address that \`npm run contract:deploy\` told, 0x and 40 hex digits (got "${contract}")`);
  }
  const finalAfter = read.integer("ASTRA_CHAIN_CONFIRMATIONS", 0, 1_000, DEFAULT_CONFIRMATIONS);
  const privateKey = keyOf(secretsDir);
  if (!isHex(privateKey, 64)) read.problems.push("the secret chain_key: takes 0x and 64 hex digits, the key that deployed the contract");
  read.finish();
  if (url === undefined || !isHex(contract, 40) || !isHex(privateKey, 64)) return undefined;
  return { url, contract, privateKey, finalAfter };
}

function keyOf(secretsDir: string): string {
  try {
    return readSecret(secretsDir, "chain_key").trim();
  } catch {
    return "";
  }
}
