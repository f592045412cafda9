import type { Settings } from "../platform/settings.ts";
import { type CheckContext, fixOf, NAMESPACE } from "./check.ts";
import type { StackConfig } from "./schema.ts";

const KEY_PATTERN = /^0x[0-9a-fA-F]{64}$/;
const NEEDED = { url: "the JSON-RPC address of an EVM node", contract: "the address that npm run contract:deploy told" } as const;
const EXAMPLES = { url: "http://node.example.com:8545", contract: `0x${"0".repeat(40)}` } as const;

/** Whether a text is a private key: `0x` and 64 hex digits. */
export function isPrivateKey(text: unknown): text is string {
  return typeof text === "string" && KEY_PATTERN.test(text);
}

/** The chain of a stack, as settings say it; `{}` without one. */
export function chainSettings(config: StackConfig["chain"]): Pick<Settings, "chain"> {
  if (config?.url === undefined || config.contract === undefined) return {};
  const { url, contract, confirmations, keyFile } = config;
  return {
    chain: {
      url,
      contract,
      ...(confirmations === undefined ? {} : { confirmations }),
      ...(keyFile === undefined ? {} : { keyFile }),
    },
  };
}

function secretCommand(context: CheckContext): string {
  return `pulumi config set --secret ${NAMESPACE}:chainKey --stack ${context.stackName}, which asks for it`;
}

/** The key itself: only as Pulumi's secret, and never in a message. */
function checkKey(key: unknown, hasChain: boolean, context: CheckContext): void {
  const add = (message: string, fix: string) => context.problems.push({ path: `${NAMESPACE}:chainKey`, message, fix });
  if (!hasChain) add(`is the key of ${NAMESPACE}:chain, which is not set`, fixOf(context, "chainKey"));
  if (context.originOf("chainKey") !== "pulumi") {
    add(
      "is taken from Pulumi's own config only, where it is encrypted",
      `take it out, then ${secretCommand(context)}; or name a file with it in ${NAMESPACE}:chain.keyFile`,
    );
  } else if (!context.secretKeys.has("chainKey")) {
    add("stands in clear", secretCommand(context));
  } else if (!isPrivateKey(key)) {
    add("takes the private key of the account that deployed the contract, 0x and 64 hex digits (got a secret value, not shown)", secretCommand(context));
  }
}

function isLoopback(url: unknown): boolean {
  return typeof url === "string" && /^https?:\/\/(localhost|127\.[\d.]+)([:/]|$)/.test(url);
}

/** What a chain takes all at once: a node that containers reach, a contract, and one key. */
export function checkChain(values: Readonly<Record<string, unknown>>, settings: Settings, context: CheckContext): void {
  const raw = values["chain"];
  const chain = typeof raw === "string" ? objectOf(raw) : (raw as Readonly<Record<string, unknown>> | undefined);
  if ("chainKey" in values) checkKey(values["chainKey"], chain !== undefined, context);
  if (chain === undefined || typeof chain !== "object") return;
  const add = (path: string, message: string, fix: string) => context.problems.push({ path: `${NAMESPACE}:${path}`, message, fix });
  for (const key of ["url", "contract"] as const) {
    if (chain[key] === undefined) add(`chain.${key}`, `takes ${NEEDED[key]} (got nothing)`, fixOf(context, `chain.${key}`, EXAMPLES[key]));
  }
  if (isLoopback(chain["url"])) {
    add(
      "chain.url",
      "takes an address that containers reach; there, localhost is the container itself",
      fixOf(context, "chain.url", EXAMPLES.url),
    );
  }
  // The foundation runs nothing that signs.
  if (settings.colour === undefined) return;
  const [inConfig, inFile] = ["chainKey" in values, chain["keyFile"] !== undefined];
  if (!inConfig && !inFile) {
    add(
      "chain.keyFile",
      `takes a file with the private key of the account that deployed the contract, unless ${NAMESPACE}:chainKey is set (got nothing)`,
      `${fixOf(context, "chain.keyFile", "chain.key")}; or ${secretCommand(context)}`,
    );
  } else if (inConfig && inFile) {
    add("chain.keyFile", `is one key too many beside ${NAMESPACE}:chainKey`, fixOf(context, "chain.keyFile"));
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
