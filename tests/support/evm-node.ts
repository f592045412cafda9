import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { waitFor } from "./wait-for.ts";

/** A local EVM node with a chain of its own; it makes a block for every transaction. */
export interface EvmNode {
  readonly url: string;
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts ganache in a process of its own, with 100 ether for each of these keys. */
export async function startEvmNode(privateKeys: readonly string[]): Promise<EvmNode> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const cli = createRequire(import.meta.url).resolve("ganache/dist/node/cli.js");
  const accounts = privateKeys.map((key) => `--wallet.accounts=${key},0x56bc75e2d63100000`);
  const child: ChildProcess = spawn(process.execPath, [cli, "--server.host=127.0.0.1", `--server.port=${port}`, "--logging.quiet", ...accounts], {
    stdio: "ignore",
  });
  const rpc = async (method: string, params: readonly unknown[] = []): Promise<unknown> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return ((await response.json()) as { result?: unknown }).result;
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  try {
    await waitFor("the EVM node", async () => (await rpc("eth_chainId")) ?? undefined, 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, rpc, stop };
}
