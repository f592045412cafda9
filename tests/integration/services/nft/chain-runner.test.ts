import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ownershipConfirmed } from "../../../../services/base/events/catalogue/nft.ts";
import { backlogOf } from "../../../../services/nft/chain-operations-store.ts";
import { ChainRunner } from "../../../../services/nft/chain-runner.ts";
import type { Chain } from "../../../../services/nft/chain/chain.ts";
import { custodyAddress } from "../../../../services/nft/chain/custody-address.ts";
import { EvmChain } from "../../../../services/nft/chain/evm-chain.ts";
import { ASTRA_TOKEN_ABI } from "../../../../services/nft/contract/_gen/astra-token.ts";
import { deployContract } from "../../../../services/nft/contract/deploy.ts";
import { mintReward, want } from "../../../../services/nft/rewards.ts";
import { nftService } from "../../../../services/nft/service.ts";
import { createPublicClient, http } from "viem";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { type EvmNode, startEvmNode } from "../../../support/evm-node.ts";

const privateKey = `0x${"11".repeat(32)}` as const;
const FINAL_AFTER = 2;

let node: EvmNode;
let contract: `0x${string}`;
let chain: EvmChain;
let domain: DomainService;
let users = 6_000;

beforeAll(async () => {
  node = await startEvmNode([privateKey]);
  contract = await deployContract({ url: node.url, privateKey });
  chain = new EvmChain({ url: node.url, contract, privateKey, finalAfter: FINAL_AFTER });
  // The service has a chain of its own, so that here only what a test starts works on this one.
  domain = await startDomainService(nftService());
});

afterAll(async () => {
  await domain.stop();
  await node.stop();
});

beforeEach(async () => {
  await query("DELETE FROM chain_leases");
});

const query = <T>(sql: string, params: unknown[] = []): Promise<T[]> => domain.service.context.database.query<T>(sql, params);

function runner(instance = "one", of: Chain = chain, tuning = {}): ChainRunner {
  const { database, events } = domain.service.context;
  return new ChainRunner({ database, events, chain: of, instance }, { retrySeconds: 0, ...tuning });
}

/** A new user's reward, wanted of the real chain. */
async function wantReward(): Promise<{ readonly userId: number; readonly id: string; readonly tokenId: string; readonly chainTokenId: string }> {
  users += 1;
  const userId = users;
  const { database, events, clock } = domain.service.context;
  await database.transaction((tx) => mintReward(tx, { events, clock, chain, wakeChain: () => undefined }, { userId, achievement: "first-trade" }));
  const [token] = await query<{ id: string; chain_token_id: string }>("SELECT id, chain_token_id FROM tokens WHERE owner_id = $1", [userId]);
  return { userId, id: `reward:${userId}:first-trade`, tokenId: token?.id ?? "", chainTokenId: token?.chain_token_id ?? "" };
}

const stateOf = async (id: string) => (await query<{ state: string; attempts: number; last_error: string | null }>("SELECT state, attempts, last_error FROM chain_operations WHERE id = $1", [id]))[0];

/** Goes on until nothing changes any more, with blocks as on a chain with other traffic. */
async function settle(one: ChainRunner, turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await one.turn();
    await node.rpc("evm_mine");
  }
}

/** How often the contract has seen this token change hands, minting included. */
async function transfersOf(chainTokenId: string): Promise<number> {
  const reader = createPublicClient({ transport: http(node.url) });
  const logs = await reader.getContractEvents({ address: contract, abi: ASTRA_TOKEN_ABI, eventName: "Transfer", args: { tokenId: BigInt(chainTokenId) }, fromBlock: 0n });
  return logs.length;
}

/** The chain, with one method that ends the process: before or after it has done its work. */
function dying(method: "sign" | "send" | "outcome", when: "before" | "after"): Chain {
  const broken = Object.create(chain) as Chain;
  const real = (chain[method] as (...args: unknown[]) => Promise<unknown>).bind(chain);
  let alive = true;
  Object.assign(broken, {
    [method]: async (...args: unknown[]) => {
      if (!alive) throw new Error("this process is dead");
      alive = false;
      if (when === "after") await real(...args);
      throw new Error("this process is dead");
    },
  });
  // Methods use private fields: they have to run on the chain itself.
  for (const other of ["sign", "send", "outcome", "find", "height", "tokenIdOf"] as const) {
    if (other !== method) Object.assign(broken, { [other]: (chain[other] as (...args: unknown[]) => unknown).bind(chain) });
  }
  return broken;
}

describe("R-SVC-1 what is wanted of a chain", () => {
  it("stands in the database at once, and on the chain once the runner has been there", async () => {
    const { id, userId, tokenId, chainTokenId } = await wantReward();
    expect(await stateOf(id)).toMatchObject({ state: "pending" });
    expect(await query("SELECT 1 FROM tokens WHERE id = $1 AND transaction_hash IS NULL", [tokenId])).toHaveLength(1);
    const one = runner();
    await one.turn();
    expect(await stateOf(id)).toMatchObject({ state: "submitted" });
    await one.turn();
    expect(await stateOf(id)).toMatchObject({ state: "mined" });
    await settle(one, 4);
    expect(await stateOf(id)).toMatchObject({ state: "final" });
    const [token] = await query<{ transaction_hash: string; block_number: string }>("SELECT transaction_hash, block_number FROM tokens WHERE id = $1", [tokenId]);
    expect((await chain.ownerAt(chainTokenId, Number(token?.block_number)))?.toLowerCase()).toBe(custodyAddress(userId));
    expect(await chain.find(id)).toEqual({ transactionHash: token?.transaction_hash, blockNumber: Number(token?.block_number) });
  });

  it.each<["sign" | "send" | "outcome", "before" | "after"]>([
    ["sign", "before"],
    ["sign", "after"],
    ["send", "before"],
    ["send", "after"],
    ["outcome", "before"],
  ])("R-EVT-3 is done exactly once by the next process when one dies at %s, %s its work", async (method, when) => {
    const wanted = await wantReward();
    const dead = runner("dead", dying(method, when));
    for (let turn = 0; turn < 2; turn += 1) await dead.turn().catch(() => undefined);
    // What a dead process holds runs out by itself; nobody waits for that here.
    await query("UPDATE chain_leases SET until = clock_timestamp() - interval '1 s'");
    await settle(runner("next", chain, { resendAfterMs: 0 }));
    expect(await stateOf(wanted.id)).toMatchObject({ state: "final" });
    expect(await transfersOf(wanted.chainTokenId)).toBe(1);
  });

  it("R-EVT-3 is done once by two processes that believe both to be the one", async () => {
    const wanted = await Promise.all(Array.from({ length: 5 }, wantReward));
    const both = [runner("a"), runner("b")];
    for (let turn = 0; turn < 12; turn += 1) {
      await Promise.all(
        both.map(async (one) => {
          await query("DELETE FROM chain_leases");
          await one.turn().catch(() => undefined);
        }),
      );
      await node.rpc("evm_mine");
    }
    await settle(runner("c"));
    for (const { id, chainTokenId } of wanted) {
      expect(await stateOf(id)).toMatchObject({ state: "final" });
      expect(await transfersOf(chainTokenId)).toBe(1);
    }
  });

  it("goes to one process at a time", async () => {
    const { id } = await wantReward();
    const [one, other] = [runner("one"), runner("other")];
    await one.turn();
    expect(await other.turn()).toBe(false);
    await one.stop();
    await other.turn();
    expect(await stateOf(id)).toMatchObject({ state: "mined" });
  });

  it("is sent in the order of a token's owners, and a sale is confirmed when enough blocks lie on it", async () => {
    const { userId, tokenId, chainTokenId } = await wantReward();
    const { database } = domain.service.context;
    const [first, second] = [userId + 100_000, userId + 200_000];
    const sales: string[] = [];
    for (const toId of [first, second]) {
      const [row] = await query<{ id: string }>(
        `INSERT INTO listings (id, token_id, seller_id, price, status, listed_at, ended_at, buyer_id, commission)
         VALUES (gen_random_uuid(), $1, $2, 10, 'sold', now(), now(), $3, 0.25) RETURNING id`,
        [tokenId, userId, toId],
      );
      const listingId = row?.id ?? "";
      sales.push(listingId);
      await database.transaction((tx) => want(tx, { wakeChain: () => undefined }, { id: `sale:${listingId}`, chain: chain.key, kind: "transfer", tokenId, toId, listingId }));
    }
    await settle(runner());
    expect(await transfersOf(chainTokenId)).toBe(3);
    expect((await chain.ownerAt(chainTokenId, await chain.height()))?.toLowerCase()).toBe(custodyAddress(second));
    const confirmed = (await domain.published(ownershipConfirmed)).filter(({ data }) => data.tokenId === tokenId);
    expect(confirmed.map(({ data }) => [data.listingId, data.ownerId])).toEqual([[sales[0], first], [sales[1], second]]);
  });

  it("is followed into another block where a reorganisation took its first one away", async () => {
    const { id, chainTokenId } = await wantReward();
    const snapshot = await node.rpc("evm_snapshot");
    const one = runner("one", chain, { resendAfterMs: 0 });
    await one.turn();
    await one.turn();
    expect(await stateOf(id)).toMatchObject({ state: "mined" });
    await node.rpc("evm_revert", [snapshot]);
    expect(await chain.find(id)).toBeUndefined();
    for (let block = 0; block < 4; block += 1) await node.rpc("evm_mine");
    await settle(one);
    expect(await stateOf(id)).toMatchObject({ state: "final" });
    expect(await transfersOf(chainTokenId)).toBe(1);
  });

  it("waits while the node is away, is counted, and is done when the node is back", async () => {
    const { id } = await wantReward();
    const nowhere = new EvmChain({ url: "http://127.0.0.1:1", contract, privateKey, finalAfter: FINAL_AFTER, requestTimeoutMs: 500 });
    await expect(runner("one", nowhere).turn()).rejects.toMatchObject({ code: "chain-unavailable" });
    expect((await backlogOf(domain.service.context.database, chain.key)).open).toBe(1);
    await settle(runner("one"));
    expect(await stateOf(id)).toMatchObject({ state: "final" });
    expect(await backlogOf(domain.service.context.database, chain.key)).toEqual({ open: 0, oldestSeconds: 0 });
  });

  it("goes on around an operation that the contract refuses, which keeps the node's words", async () => {
    const [stuck, fine] = [await wantReward(), await wantReward()];
    await query("UPDATE chain_operations SET kind = 'transfer' WHERE id = $1", [stuck.id]);
    const one = runner("one", chain, { retrySeconds: 60 });
    await one.turn().catch(() => undefined);
    await settle(one);
    expect(await stateOf(fine.id)).toMatchObject({ state: "final" });
    expect(await stateOf(stuck.id)).toMatchObject({ state: "pending", attempts: 1, last_error: expect.stringMatching(/revert|NoSuchToken/i) as string });
  });
});
