import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createPublicClient, createWalletClient, type Hex, http, isHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { ASTRA_TOKEN_ABI, ASTRA_TOKEN_BYTECODE } from "./_gen/astra-token.ts";

/** Deploys the contract from this account and waits until it is in a block. @returns its address */
export async function deployContract(options: { readonly url: string; readonly privateKey: Hex }): Promise<Hex> {
  const transport = http(options.url, { timeout: 10_000 });
  const reader = createPublicClient({ transport });
  const account = privateKeyToAccount(options.privateKey);
  const id = await reader.getChainId();
  const chain = {
    id,
    name: "evm",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [options.url] } },
  };
  const writer = createWalletClient({ chain, transport, account });
  const hash = await writer.deployContract({ abi: ASTRA_TOKEN_ABI, bytecode: ASTRA_TOKEN_BYTECODE });
  const { contractAddress, status } = await reader.waitForTransactionReceipt({ hash, timeout: 300_000, pollingInterval: 500 });
  if (status !== "success" || !contractAddress) throw new Error(`transaction ${hash} did not deploy the contract`);
  return contractAddress;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: "string" }, "key-file": { type: "string" } } });
  const { url, "key-file": keyFile } = values;
  if (url === undefined || keyFile === undefined) {
    throw new Error("say where and as whom: npm run contract:deploy -- --url <JSON-RPC address> --key-file <file with the private key>");
  }
  const privateKey = readFileSync(keyFile, "utf8").trim();
  if (!isHex(privateKey) || privateKey.length !== 66) throw new Error(`${keyFile} has no private key in it. Fix: 0x and 64 hex digits`);
  const address = await deployContract({ url, privateKey });
  console.log(`the contract is at ${address}. For the config of the colours:`);
  console.log(`  ./astra up -c chain.url=${url} -c chain.contract=${address} -c chain.keyFile=${keyFile}`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(`contract:deploy: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
}
