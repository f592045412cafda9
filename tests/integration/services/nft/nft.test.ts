import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { achievementUnlocked } from "../../../../services/base/events/catalogue/gamification.ts";
import { nftListed, nftMinted, nftSold, ownershipConfirmed } from "../../../../services/base/events/catalogue/nft.ts";
import { nftService } from "../../../../services/nft/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { waitFor } from "../../../support/wait-for.ts";

interface Reward {
  readonly tokenId: string;
  readonly name: string;
  readonly earned: boolean;
  readonly listingId: string | null;
}

interface Offer {
  readonly id: string;
  readonly tokenId: string;
  readonly price: string;
}

let domain: DomainService;
let users = 4000;

beforeAll(async () => {
  domain = await startDomainService(nftService());
});

afterAll(async () => {
  await domain.stop();
});

function newUser(): number {
  users += 1;
  return users;
}

const rewardsOf = async (as: number) => (await domain.call<{ rewards: Reward[] }>("GET", "/rewards", { as })).body.rewards;

/** A token that the user has earned. */
async function earn(userId: number, achievement = "first-trade"): Promise<string> {
  await domain.handled("nft.achievement-rewards", await domain.emit(achievementUnlocked, { userId, achievement }));
  const [token] = await rewardsOf(userId);
  if (!token) throw new Error(`user ${userId} earned ${achievement} and has no token`);
  return token.tokenId;
}

const offer = (as: number, tokenId: string, price: unknown = "100.00") =>
  domain.call<Offer>("POST", "/listings", { as, body: { token_id: tokenId, price } });
const buy = (as: number, listingId: string) => domain.call("POST", `/listings/${listingId}/buy`, { as });
const balanceOf = async (as: number) => (await domain.call<{ balance: string }>("GET", "/wallet", { as })).body.balance;

describe("R-SVC-1 rewards", () => {
  it("are minted for an achievement, R-EVT-3 once however often it is told", async () => {
    const userId = newUser();
    const event = await domain.emit(achievementUnlocked, { userId, achievement: "ten-trades" });
    await domain.emitAgain(event);
    // Another event of the same achievement: told twice by its publisher, not only delivered twice.
    await domain.handled("nft.achievement-rewards", await domain.emit(achievementUnlocked, { userId, achievement: "ten-trades" }));
    const rewards = await rewardsOf(userId);
    expect(rewards).toEqual([expect.objectContaining({ name: "Floor Trader", rarity: "rare", earned: true, listingId: null })]);
    const minted = (await domain.published(nftMinted)).filter(({ data }) => data.userId === userId);
    expect(minted.map(({ data }) => data.tokenId)).toEqual([rewards[0]?.tokenId]);
  });

  it("are shown to their owner only", async () => {
    await earn(newUser());
    expect(await rewardsOf(newUser())).toEqual([]);
    expect((await domain.call("GET", "/rewards")).status).toBe(401);
  });
});

describe("R-SVC-1 marketplace", () => {
  it("sells a token: money, ownership and event together", async () => {
    const [seller, buyer] = [newUser(), newUser()];
    const tokenId = await earn(seller);
    const listed = await offer(seller, tokenId);
    expect(listed).toMatchObject({ status: 201, body: { tokenId, sellerId: seller, price: "100.00", status: "open" } });
    expect(await buy(buyer, listed.body.id)).toMatchObject({
      status: 200,
      body: { commission: "2.50", proceeds: "97.50", buyerId: buyer, listing: { status: "sold" }, wallet: { balance: "9900.00" } },
    });
    expect([await balanceOf(seller), await balanceOf(buyer)]).toEqual(["10097.50", "9900.00"]);
    expect(await rewardsOf(seller)).toEqual([]);
    expect(await rewardsOf(buyer)).toEqual([expect.objectContaining({ tokenId, earned: false, listingId: null })]);
    const sold = (await domain.published(nftSold)).filter(({ data }) => data.tokenId === tokenId);
    expect(sold.map(({ data }) => data)).toEqual([
      { listingId: listed.body.id, tokenId, sellerId: seller, buyerId: buyer, price: "100.00", commission: "2.50" },
    ]);
    expect((await domain.published(nftListed)).filter(({ data }) => data.tokenId === tokenId)).toHaveLength(1);
  });

  it("sells a token once, however many buy at the same time, and no money appears or disappears", async () => {
    const seller = newUser();
    const buyers = Array.from({ length: 8 }, newUser);
    const { body: listed } = await offer(seller, await earn(seller), 40);
    const answers = await Promise.all(buyers.map((buyer) => buy(buyer, listed.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: "listing-ended", errors: [{ path: "/params/id" }] });
    const balances = await Promise.all([seller, ...buyers].map(balanceOf));
    const cents = balances.reduce((sum, balance) => sum + Number(balance.replace(".", "")), 0);
    expect(cents).toBe(9 * 1_000_000 - 100);
    expect((await domain.published(nftSold)).filter(({ data }) => data.listingId === listed.id)).toHaveLength(1);
  });

  it("holds when two users buy from each other at the same time", async () => {
    const [one, other] = [newUser(), newUser()];
    const [first, second] = [(await offer(one, await earn(one))).body, (await offer(other, await earn(other))).body];
    const answers = await Promise.all([buy(other, first.id), buy(one, second.id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("settles a sale once its transfer is final on the chain, and says so once", async () => {
    const [seller, buyer] = [newUser(), newUser()];
    const tokenId = await earn(seller);
    const { body: listed } = await offer(seller, tokenId);
    await buy(buyer, listed.id);
    const owner = await domain.connect("nft_owner");
    await waitFor("final settlement", async () => {
      const { rows } = await owner.query<{ state: string }>("SELECT state FROM settlements WHERE listing_id = $1", [listed.id]);
      return rows[0]?.state === "final" ? true : undefined;
    });
    const confirmed = (await domain.published(ownershipConfirmed)).filter(({ data }) => data.tokenId === tokenId);
    expect(confirmed.map(({ data }) => data)).toEqual([expect.objectContaining({ listingId: listed.id, ownerId: buyer })]);
  });

  it("shows open listings page by page, newest first", async () => {
    const seller = newUser();
    const ids: string[] = [];
    for (const achievement of ["a", "b", "c"]) ids.unshift((await offer(seller, await earn(seller, achievement))).body.id);
    const page = async (query: string) => (await domain.call<{ listings: Offer[]; nextCursor: string | null }>("GET", `/marketplace${query}`)).body;
    const first = await page("?limit=2");
    expect(first.listings.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await page(`?limit=1&cursor=${first.nextCursor}`);
    expect(second.listings.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it("takes an offer back for its seller only, and the token can be offered again", async () => {
    const seller = newUser();
    const tokenId = await earn(seller);
    const { body: listed } = await offer(seller, tokenId);
    expect(await domain.call("DELETE", `/listings/${listed.id}`, { as: newUser() })).toMatchObject({ status: 403, body: { code: "not-your-listing" } });
    expect(await domain.call("DELETE", `/listings/${listed.id}`, { as: seller })).toMatchObject({ status: 200, body: { status: "cancelled" } });
    expect(await buy(newUser(), listed.id)).toMatchObject({ status: 409, body: { code: "listing-ended" } });
    expect((await offer(seller, tokenId)).status).toBe(201);
  });

  it("R-SVC-4 refuses what cannot be offered and names the field", async () => {
    const [seller, other] = [newUser(), newUser()];
    const tokenId = await earn(seller);
    expect(await offer(other, tokenId)).toMatchObject({ status: 404, body: { errors: [{ path: "/body/token_id" }] } });
    expect(await offer(seller, tokenId, "0.001")).toMatchObject({ status: 422, body: { errors: [{ path: "/body/price" }, { path: "/body/price" }] } });
    expect(await offer(seller, tokenId, "cheap")).toMatchObject({ status: 400, body: { errors: [{ path: "/body/price" }] } });
    expect(await offer(seller, "1", "1")).toMatchObject({ status: 400, body: { errors: [{ path: "/body/token_id" }] } });
    await offer(seller, tokenId);
    expect(await offer(seller, tokenId)).toMatchObject({ status: 409, body: { code: "token-listed" } });
  });

  it("R-SVC-4 refuses what cannot be bought, and takes no money for it", async () => {
    const [seller, buyer] = [newUser(), newUser()];
    const { body: listed } = await offer(seller, await earn(seller), "10000.01");
    expect(await buy(seller, listed.id)).toMatchObject({ status: 409, body: { code: "own-listing" } });
    expect(await buy(buyer, listed.id)).toMatchObject({ status: 422, body: { code: "insufficient-balance" } });
    expect(await buy(buyer, "0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968")).toMatchObject({ status: 404, body: { errors: [{ path: "/params/id" }] } });
    expect(await buy(buyer, "1")).toMatchObject({ status: 400, body: { errors: [{ path: "/params/id" }] } });
    expect(await balanceOf(buyer)).toBe("10000.00");
  });
});
