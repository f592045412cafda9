import { createHash } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import type { Chain } from "./chain.ts";

const BLOCK_MS = 2_000;

function digest(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * A chain without a network: a new block every 2 s, token numbers and transaction hashes made from the operation's id,
 * so that the same operation has the same ones whenever and wherever it runs.
 */
export function simulatedChain(clock: Clock): Chain {
  const height = (): number => Math.floor(clock.now() / BLOCK_MS);
  return {
    name: "simulated",
    finalAfter: 2,
    mint: ({ id, ownerId }) =>
      Promise.resolve({
        tokenId: BigInt(`0x${digest("token", id)}`).toString(),
        transactionHash: `0x${digest("mint", id, ownerId)}`,
        blockNumber: height(),
      }),
    transfer: ({ id, tokenId, toId }) =>
      Promise.resolve({ transactionHash: `0x${digest("transfer", id, tokenId, toId)}`, blockNumber: height() }),
    height: () => Promise.resolve(height()),
  };
}
