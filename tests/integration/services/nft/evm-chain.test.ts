import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { achievementUnlocked } from "../../../../services/base/events/catalogue/gamification.ts";
import { ownershipConfirmed } from "../../../../services/base/events/catalogue/nft.ts";
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
  chain = new EvmChain({ url, contract, privateKey, finalAfter: FINAL_AFTER, pollMs: 50 });
});

afterAll(async () => {
  await node.stop();
});

const mineBlock = () => node.rpc("evm_mine");

describe("R-SVC-1 tokens on an EVM chain", () => {
  it("are of the contract in the repository: what is generated is what solc makes of it", () => {
    const generated = readFileSync(new URL("../../../../services/nft/contract/_gen/astra-token.ts", import.meta.url), "utf8");
    expect(moduleOf(compileContract())).toBe(generated);
  });

  it("are minted once, however often and by however many the same operation is sent", async () => {
    const another = new EvmChain({ url, contract, privateKey, finalAfter: FINAL_AFTER, pollMs: 50 });
    const operation = { id: "reward:1:first-trade", ownerId: 1 };
    const [one, two] = await Promise.all([chain.mint(operation), another.mint(operation)]);
    expect(two).toEqual(one);
    expect(await chain.mint(operation)).toEqual(one);
    expect(one.transactionHash).toMatch(/^0x[0-9a-f]{64}$/);
    expect((await chain.ownerAt(one.tokenId, await chain.height()))?.toLowerCase()).toBe(custodyAddress(1));
  });

  it("change their owner by a sale, once", async () => {
    const { tokenId } = await chain.mint({ id: "reward:2:first-trade", ownerId: 2 });
    const before = await chain.height();
    const sale = { id: "sale:1", tokenId, toId: 3 };
    const receipt = await chain.transfer(sale);
    expect(receipt.blockNumber).toBeGreaterThan(before);
    expect(await chain.transfer(sale)).toEqual(receipt);
    expect((await chain.ownerAt(tokenId, before))?.toLowerCase()).toBe(custodyAddress(2));
    expect((await chain.ownerAt(tokenId, receipt.blockNumber))?.toLowerCase()).toBe(custodyAddress(3));
  });

  it("keep their order of numbers when many are made at the same time", async () => {
    const minted = await Promise.all(Array.from({ length: 10 }, (_, n) => chain.mint({ id: `reward:${n}:many`, ownerId: n + 1 })));
    expect(new Set(minted.map(({ tokenId }) => tokenId)).size).toBe(10);
  });

  it("are minted by the platform's account alone", async () => {
    const thief = new EvmChain({ url, contract, privateKey: otherKey, finalAfter: FINAL_AFTER, pollMs: 50 });
    await expect(thief.mint({ id: "stolen", ownerId: 1 })).rejects.toMatchObject({ code: "chain-unavailable", status: 503 });
    expect(await chain.ownerAt("1", await chain.height())).toBeUndefined();
  });

  it("cannot be had from a node that does not answer, and that is told as such", async () => {
    const nowhere = new EvmChain({ url: "http://127.0.0.1:1", contract, privateKey, finalAfter: 1, requestTimeoutMs: 500 });
    await expect(nowhere.height()).rejects.toMatchObject({ code: "chain-unavailable", status: 503 });
  });
});

describe("R-SVC-1 the marketplace on an EVM chain", () => {
  let domain: DomainService;

  beforeAll(async () => {
    domain = await startDomainService(nftService(() => chain));
  });

  afterAll(async () => {
    await domain.stop();
  });

  it("sells a token once, and confirms its owner only when enough blocks lie on the transfer", async () => {
    const [seller, buyer, rival] = [8001, 8002, 8003];
    const earned = await domain.emit(achievementUnlocked, { userId: seller, achievement: "first-trade" });
    await domain.handled("nft.achievement-rewards", earned);
    const rewards = await domain.call<{ rewards: { tokenId: string; confirmed: boolean }[] }>("GET", "/rewards", { as: seller });
    const tokenId = rewards.body.rewards[0]?.tokenId;
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
    expect(await chain.height()).toBeGreaterThanOrEqual((confirmed?.data.blockNumber ?? 0) + FINAL_AFTER);
    const own = await domain.call<{ rewards: { tokenId: string; confirmed: boolean }[] }>("GET", "/rewards", { as: winner });
    expect(own.body.rewards[0]).toMatchObject({ tokenId, confirmed: true });
  });
});
