import { describe, expect, it } from "vitest";
import { simulatedChain } from "../../../../services/nft/chain/simulated-chain.ts";

function chainAt(nowMs: number) {
  return simulatedChain({ now: () => nowMs });
}

describe("simulated chain (R-SVC-1)", () => {
  it("gives the same operation the same token and transaction, on whichever instance it runs", async () => {
    const operation = { id: "reward:1000:first-trade", ownerId: 1000 };
    expect(await chainAt(4_000).mint(operation)).toEqual(await chainAt(4_000).mint(operation));
  });

  it("gives different operations different tokens and transactions", async () => {
    const chain = chainAt(0);
    const one = await chain.mint({ id: "a", ownerId: 1000 });
    const other = await chain.mint({ id: "b", ownerId: 1000 });
    expect(one.tokenId).not.toBe(other.tokenId);
    expect(one.transactionHash).not.toBe(other.transactionHash);
  });

  it("numbers tokens and transactions as a real chain does", async () => {
    const minted = await chainAt(0).mint({ id: "a", ownerId: 1000 });
    expect(BigInt(minted.tokenId) < 1n << 256n).toBe(true);
    expect(minted.transactionHash).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("grows by a block every two seconds, so that operations become final", async () => {
    const { blockNumber } = await chainAt(4_000).transfer({ id: "sale:1", tokenId: "1", toId: 1001 });
    expect(blockNumber).toBe(2);
    expect((await chainAt(7_999).height()) - blockNumber).toBeLessThan(chainAt(0).finalAfter);
    expect((await chainAt(8_000).height()) - blockNumber).toBe(chainAt(0).finalAfter);
  });
});
