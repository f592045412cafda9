import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { achievementUnlocked } from "../../../../services/base/events/catalogue/gamification.ts";
import { ownershipConfirmed } from "../../../../services/base/events/catalogue/nft.ts";
import type { ChainCall, ChainReceipt, SignedCall } from "../../../../services/nft/chain/chain.ts";
import { custodyAddress } from "../../../../services/nft/chain/custody-address.ts";
import { EvmChain } from "../../../../services/nft/chain/evm-chain.ts";
import { compileContract, moduleOf } from "../../../../services/nft/contract/compile.ts";
import { deployContract } from "../../../../services/nft/contract/deploy.ts";
import { nftService } from "../../../../services/nft/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { type EvmNode, startEvmNode } from "../../../support/evm-node.ts";
import { waitFor } from "../../../support/wait-for.ts";

const privateKey = `0x${"11".repeat(32)}` as const;
const otherKey = `0x${"22".repeat(32)}` as const;
const FINAL_AFTER = 3;

let node: EvmNode;
let url: string;
let contract: `0x${string}`;
let chain: EvmChain;

beforeAll(async () => {
  node = await startEvmNode([privateKey, otherKey]);
  url = node.url;
  contract = await deployContract({ url, privateKey });
  chain = new EvmChain({ url, contract, privateKey, finalAfter: FINAL_AFTER });
});

afterAll(async () => {
  await node.stop();
});

const mineBlock = () => node.rpc("evm_mine");
const mintOf = (id: string, toId = 1): ChainCall => ({ id, kind: "mint", chainTokenId: chain.tokenIdOf(id), toId });
const ownerOf = async (tokenId: string, block?: number) => (await chain.ownerAt(tokenId, block ?? (await chain.height())))?.toLowerCase();

/** Signs, sends and waits for the block. */
async function take(call: ChainCall): Promise<ChainReceipt> {
  const signed = await chain.sign(call, {});
  await chain.send(signed);
  return mined(call.id, signed);
}

describe("R-SVC-1 tokens on an EVM chain", () => {
  it("are of the contract in the repository: what is generated is what solc makes of it", () => {
    const generated = readFileSync(new URL("../../../../services/nft/contract/_gen/astra-token.ts", import.meta.url), "utf8");
    expect(moduleOf(compileContract())).toBe(generated);
  });

  it("are minted once, however often the signed call is sent, and found by its id", async () => {
    const call = mintOf("reward:1:first-trade");
    expect(await chain.find(call.id)).toBeUndefined();
    const signed = await chain.sign(call, {});
    await chain.send(signed);
    await chain.send(signed);
    const receipt = await mined(call.id, signed);
    await chain.send(signed);
    expect(receipt.transactionHash).toBe(signed.transactionHash);
    expect(await chain.find(call.id)).toEqual({ transactionHash: receipt.transactionHash, blockNumber: receipt.blockNumber });
    expect(await ownerOf(call.chainTokenId)).toBe(custodyAddress(1));
  });

  it("are minted once by two signed calls of one id: the second is found to have had its effect in the first", async () => {
    const call = mintOf("reward:1:twice");
    const first = await chain.sign(call, {});
    const second = await chain.sign(call, { above: first.nonce });
    await chain.send(first);
    await chain.send(second);
    const receipt = await mined(call.id, first);
    expect(await chain.outcome(call.id, second)).toMatchObject({ state: "mined", transactionHash: receipt.transactionHash });
    // Another transaction of this number came first: what was signed is lost, and was not done.
    expect(await chain.outcome("never done", first)).toMatchObject({ state: "mined" });
    expect(await chain.outcome("never done", { ...first, transactionHash: `0x${"0".repeat(64)}` })).toEqual({ state: "lost" });
  });

  it("offers more for a call that does not come into a block, in the place of the first offer", async () => {
    await node.rpc("miner_stop");
    const call = mintOf("reward:1:slow");
    const first = await chain.sign(call, {});
    await chain.send(first);
    const second = await chain.sign(call, { instead: first });
    expect([second.nonce, second.transactionHash === first.transactionHash]).toEqual([first.nonce, false]);
    await chain.send(second);
    expect(await chain.outcome(call.id, first)).toEqual({ state: "waiting" });
    await node.rpc("miner_start");
    const receipt = await mined(call.id, second);
    expect(await chain.outcome(call.id, first)).toMatchObject({ state: "mined", transactionHash: receipt.transactionHash });
  });

  it("change their owner by a sale, once", async () => {
    const mint = mintOf("reward:2:first-trade", 2);
    const { blockNumber: before } = await take(mint);
    const sale: ChainCall = { id: "sale:1", kind: "transfer", chainTokenId: mint.chainTokenId, toId: 3 };
    const receipt = await take(sale);
    expect(receipt.blockNumber).toBeGreaterThan(before);
    await expect(chain.sign(sale, {})).rejects.toMatchObject({ code: "chain-unavailable" });
    expect(await ownerOf(mint.chainTokenId, before)).toBe(custodyAddress(2));
    expect(await ownerOf(mint.chainTokenId, receipt.blockNumber)).toBe(custodyAddress(3));
  });

  it("are minted by the platform's account alone, and what is refused takes no number", async () => {
    const thief = new EvmChain({ url, contract, privateKey: otherKey, finalAfter: FINAL_AFTER });
    await expect(thief.sign(mintOf("stolen"), {})).rejects.toMatchObject({ code: "chain-unavailable", status: 503 });
    expect(await ownerOf(chain.tokenIdOf("stolen"))).toBeUndefined();
  });

  it("cannot be had from a node that does not answer, and that is told as such", async () => {
    const nowhere = new EvmChain({ url: "http://127.0.0.1:1", contract, privateKey, finalAfter: 1, requestTimeoutMs: 500 });
    await expect(nowhere.height()).rejects.toMatchObject({ code: "chain-unavailable", status: 503 });
  });
});

function mined(id: string, signed: SignedCall): Promise<ChainReceipt> {
  return waitFor("the block of a call", async () => {
    const outcome = await chain.outcome(id, signed);
    return outcome.state === "mined" ? outcome : undefined;
  });
}

describe("R-SVC-1 the marketplace on an EVM chain", () => {
  let domain: DomainService;

  beforeAll(async () => {
    domain = await startDomainService(nftService({ makeChain: () => chain }));
  });

  afterAll(async () => {
    await domain.stop();
  });

  it("sells a token once, and confirms its owner only when enough blocks lie on the transfer", async () => {
    const [seller, buyer, rival] = [8001, 8002, 8003];
    const earned = await domain.emit(achievementUnlocked, { userId: seller, achievement: "first-trade" });
    await domain.handled("nft.achievement-rewards", earned);
    const rewards = await domain.call<{ rewards: { tokenId: string; chainTokenId: string; confirmed: boolean }[] }>("GET", "/rewards", { as: seller });
    const earnedToken = rewards.body.rewards[0] as { readonly tokenId: string; readonly chainTokenId: string };
    const { tokenId } = earnedToken;
    expect(rewards.body.rewards[0]?.confirmed).toBe(false);
    const listed = await domain.call<{ id: string }>("POST", "/listings", { as: seller, body: { token_id: tokenId, price: "25.00" } });
    expect(listed.status).toBe(201);

    const sales = await Promise.all([buyer, rival].map((as) => domain.call("POST", `/listings/${listed.body.id}/buy`, { as })));
    expect(sales.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = sales[0]?.status === 200 ? buyer : rival;

    const confirmedSales = async () => (await domain.published(ownershipConfirmed)).filter(({ data }) => data.tokenId === tokenId);
    expect(await confirmedSales()).toEqual([]);
    // The settlement is opened by events; blocks come as on a chain with other traffic.
    const [confirmed] = await waitFor("confirmation of the owner", async () => {
      await mineBlock();
      const told = await confirmedSales();
      return told.length > 0 ? told : undefined;
    });
    expect(confirmed?.data).toMatchObject({ ownerId: winner, listingId: listed.body.id });
    const ownerNow = await chain.ownerAt(earnedToken.chainTokenId, await chain.height());
    expect(ownerNow?.toLowerCase()).toBe(custodyAddress(winner));
    expect(await chain.height()).toBeGreaterThanOrEqual((confirmed?.data.blockNumber ?? 0) + FINAL_AFTER);
    const own = await domain.call<{ rewards: { tokenId: string; confirmed: boolean }[] }>("GET", "/rewards", { as: winner });
    expect(own.body.rewards[0]).toMatchObject({ tokenId, confirmed: true });
  });
});
