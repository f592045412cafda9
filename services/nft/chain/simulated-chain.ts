import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Chain, ChainCall, SignedCall } from "./chain.ts";

const BLOCK_MS = 2_000;

function digest(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * A chain without a network: a new block every 2 s, token numbers and transaction hashes made from the call, so that the
 * same call has the same ones whenever and wherever it runs. It takes every call at once.
 */
export function simulatedChain(clock: Clock): Chain {
  const height = (): number => Math.floor(clock.now() / BLOCK_MS);
  return {
    name: "simulated",
    key: "simulated",
    finalAfter: 2,
    tokenIdOf: (mintId) => BigInt(`0x${digest("token", mintId)}`).toString(),
    sign: ({ id, kind, chainTokenId, toId }: ChainCall, { above }) =>
      Promise.resolve({
        transactionHash: `0x${digest(kind, id, chainTokenId, toId)}`,
        nonce: (above ?? -1) + 1,
        // The block that it comes into: nothing else remembers it.
        payload: String(height()),
      }),
    send: () => Promise.resolve(),
    outcome: (_id, { transactionHash, payload }: SignedCall) =>
      Promise.resolve({ state: "mined", transactionHash, blockNumber: Number(payload) }),
    find: () => Promise.resolve(undefined),
    height: () => Promise.resolve(height()),
  };
}
