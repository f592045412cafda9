import { describe, expect, it } from "vitest";
import { simulatedChain } from "../../../../services/nft/chain/simulated-chain.ts";

function chainAt(nowMs: number) {
  return simulatedChain({ now: () => nowMs });
}

const mint = (id: string, nowMs = 0) => chainAt(nowMs).sign({ id, kind: "mint", chainTokenId: chainAt(nowMs).tokenIdOf(id), toId: 1000 }, {});

describe("simulated chain (R-SVC-1)", () => {
  it("gives the same operation the same token and transaction, on whichever instance it runs", async () => {
    expect(await mint("reward:1000:first-trade", 4_000)).toEqual(await mint("reward:1000:first-trade", 4_000));
  });

  it("gives different operations different tokens and transactions", async () => {
    expect(chainAt(0).tokenIdOf("a")).not.toBe(chainAt(0).tokenIdOf("b"));
    expect((await mint("a")).transactionHash).not.toBe((await mint("b")).transactionHash);
  });

  it("numbers tokens and transactions as a real chain does", async () => {
    expect(BigInt(chainAt(0).tokenIdOf("a")) < 1n << 256n).toBe(true);
    expect((await mint("a")).transactionHash).toMatch(/^0x[0-9a-f]{64}$/);
    const next = await chainAt(0).sign({ id: "b", kind: "mint", chainTokenId: "1", toId: 1 }, { above: 41 });
    expect(next.nonce).toBe(42);
  });

  it("takes a call at once and grows by a block every two seconds, so that it becomes final", async () => {
    const signed = await chainAt(4_000).sign({ id: "sale:1", kind: "transfer", chainTokenId: "1", toId: 1001 }, {});
    const outcome = await chainAt(9_000).outcome("sale:1", signed);
    expect(outcome).toEqual({ state: "mined", transactionHash: signed.transactionHash, blockNumber: 2 });
    expect((await chainAt(7_999).height()) - 2).toBeLessThan(chainAt(0).finalAfter);
    expect((await chainAt(8_000).height()) - 2).toBe(chainAt(0).finalAfter);
  });
});
