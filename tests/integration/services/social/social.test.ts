import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { achievementUnlocked, levelReached } from "../../../../services/base/events/catalogue/gamification.ts";
import { nftSold } from "../../../../services/base/events/catalogue/nft.ts";
import { postCommented, postCreated, postLiked, userFollowed } from "../../../../services/base/events/catalogue/social.ts";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { social } from "../../../../services/social/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly userId: number;
  readonly text: string;
  readonly details: Readonly<Record<string, string>>;
  readonly likes: number;
  readonly comments: number;
}

interface Feed {
  readonly entries: readonly Entry[];
  readonly nextCursor: string | null;
}

let domain: DomainService;

beforeAll(async () => {
  domain = await startDomainService(social);
});

afterAll(async () => {
  await domain.stop();
});

const feed = async (query: string, as?: number): Promise<Feed> =>
  (await domain.call<Feed>("GET", `/feed?${query}`, as === undefined ? {} : { as })).body;

async function write(userId: number, text: string): Promise<Entry> {
  const { status, body } = await domain.call<{ post: Entry }>("POST", "/posts", { as: userId, body: { text } });
  expect(status).toBe(201);
  return body.post;
}

const trade = (userId: number) => ({
  tradeId: "t1",
  positionId: "p1",
  userId,
  symbol: "BTC/USD",
  direction: "LONG" as const,
  amount: "1000.00",
  price: "50000.5",
  quantity: "0.02",
  fee: "1",
});

describe("R-SVC-1 social feed", () => {
  it("R-EVT-1 shows trades, achievements and NFT sales, and R-EVT-3 each of them once", async () => {
    const traded = await domain.emit(tradeExecuted, trade(3001));
    await domain.emitAgain(traded);
    await domain.handled("social.trade-feed", await domain.emit(tradeExecuted, trade(3002)));
    const unlocked = await domain.emit(achievementUnlocked, { userId: 3001, achievement: "first-trade", title: "First trade" });
    await domain.handled("social.achievement-feed", unlocked);
    await domain.handled("social.achievement-feed", await domain.emit(levelReached, { userId: 3001, level: 2 }));
    const sold = { listingId: "l1", tokenId: "n1", sellerId: 3002, buyerId: 3001, price: "20", commission: "1" };
    await domain.handled("social.nft-feed", await domain.emit(nftSold, sold));

    const { entries } = await feed("user=3001");
    expect(entries.map(({ type, text }) => `${type}: ${text}`)).toEqual([
      "nft: Bought a token for 20",
      "achievement: Reached level 2",
      'achievement: Unlocked "First trade"',
      "trade: Went LONG on BTC/USD with 1000.00 at 50000.5",
    ]);
    expect(entries.at(-1)).toMatchObject({ id: traded.id, details: { amount: "1000.00", symbol: "BTC/USD" } });
  });

  it("pages from the newest to the oldest without a gap, while new entries arrive", async () => {
    const written: string[] = [];
    for (let n = 1; n <= 5; n += 1) written.unshift((await write(3010, `post ${n}`)).id);
    const first = await feed("user=3010&limit=2");
    await write(3010, "arrives between two pages");
    const second = await feed(`user=3010&limit=2&cursor=${first.nextCursor ?? ""}`);
    const third = await feed(`user=3010&limit=2&cursor=${second.nextCursor ?? ""}`);
    expect([...first.entries, ...second.entries, ...third.entries].map(({ id }) => id)).toEqual(written);
    expect(third.nextCursor).toBeNull();
  });

  it("shows those whom the caller follows, until it follows them no longer", async () => {
    const post = await write(3020, "hello followers");
    expect((await domain.call("POST", "/follows/3020", { as: 3021 })).body).toEqual({ userId: 3020, following: true });
    await domain.call("POST", "/follows/3020", { as: 3021 });
    expect((await feed("scope=following", 3021)).entries.map(({ id }) => id)).toEqual([post.id]);
    await domain.call("DELETE", "/follows/3020", { as: 3021 });
    expect((await feed("scope=following", 3021)).entries).toEqual([]);
    const follows = (await domain.published(userFollowed)).map(({ data }) => data);
    expect(follows).toEqual([{ userId: 3021, followedId: 3020 }]);
  });

  it("publishes a post", async () => {
    const post = await write(3030, "told to all");
    const told = (await domain.published(postCreated)).find(({ data }) => data.postId === post.id);
    expect(told).toMatchObject({ aggregateId: post.id, data: { postId: post.id, userId: 3030 } });
  });

  it("counts each user's like once, and tells of it once however often it is taken back", async () => {
    const { id } = await write(3040, "like me");
    const like = (method: string, as: number) => domain.call(method, `/posts/${id}/like`, { as });
    expect((await like("POST", 3041)).body).toEqual({ postId: id, liked: true, likes: 1 });
    expect((await like("POST", 3041)).body).toEqual({ postId: id, liked: true, likes: 1 });
    expect((await like("POST", 3042)).body).toMatchObject({ likes: 2 });
    expect((await like("DELETE", 3041)).body).toEqual({ postId: id, liked: false, likes: 1 });
    expect((await like("DELETE", 3041)).body).toMatchObject({ likes: 1 });
    expect((await like("POST", 3041)).body).toMatchObject({ likes: 2 });
    const told = (await domain.published(postLiked)).filter(({ data }) => data.postId === id);
    expect(told.map(({ data }) => data.userId)).toEqual([3041, 3042]);
  });

  it("counts likes of many at once exactly", async () => {
    const { id } = await write(3050, "all at once");
    const users = Array.from({ length: 20 }, (_, n) => 3051 + n);
    await Promise.all(users.map((as) => domain.call("POST", `/posts/${id}/like`, { as })));
    expect((await domain.call<{ entry: Entry }>("GET", `/posts/${id}`)).body.entry.likes).toBe(20);
  });

  it("takes comments on an entry and tells its author's id", async () => {
    const { id } = await write(3080, "discuss");
    const answer = await domain.call<{ comment: { id: string } }>("POST", `/posts/${id}/comments`, { as: 3081, body: { text: "no" } });
    expect(answer.status).toBe(201);
    const { body } = await domain.call<{ comments: { text: string; userId: number }[] }>("GET", `/posts/${id}/comments`);
    expect(body.comments.map(({ text, userId }) => [text, userId])).toEqual([["no", 3081]]);
    const told = (await domain.published(postCommented)).find(({ data }) => data.postId === id);
    expect(told?.data).toEqual({ postId: id, commentId: answer.body.comment.id, userId: 3081, authorId: 3080 });
  });

  it("keeps text as it is, whatever is in it", async () => {
    const text = `<script>'; DROP TABLE entries; -- \u0000`.replace("\u0000", "🚀");
    expect((await write(3090, text)).text).toBe(text);
  });
});

describe("R-SVC-4 bad input to social", () => {
  const noEntry = "019aa5d2-7c00-7000-8000-000000000000";

  it.each<[string, string, unknown, string]>([
    ["GET", "/feed?limit=0", undefined, "/query/limit"],
    ["GET", "/feed?limit=101", undefined, "/query/limit"],
    ["GET", "/feed?cursor=abc", undefined, "/query/cursor"],
    ["GET", "/feed?user=-1", undefined, "/query/user"],
    ["GET", "/feed?scope=all", undefined, "/query/scope"],
    ["GET", "/posts/1", undefined, "/params/id"],
    ["POST", "/posts", {}, "/body/text"],
    ["POST", "/posts", { text: "" }, "/body/text"],
    ["POST", "/posts", { text: " \n" }, "/body/text"],
    ["POST", "/posts", { text: "x".repeat(2001) }, "/body/text"],
    ["POST", "/posts", { text: "a\u0000b" }, "/body/text"],
    ["POST", "/posts", { text: "x", likes: 9 }, "/body/likes"],
    ["POST", "/follows/0", undefined, "/params/userId"],
  ])("refuses %s %s with %j and names %s", async (method, path, body, field) => {
    const answer = await domain.call<{ errors: { path: string }[] }>(method, path, { as: 3100, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.path)).toContain(field);
  });

  it.each([
    ["GET", `/posts/${noEntry}`],
    ["GET", `/posts/${noEntry}/comments`],
    ["POST", `/posts/${noEntry}/like`],
    ["DELETE", `/posts/${noEntry}/like`],
  ])("answers %s %s with 404", async (method, path) => {
    const { status, body } = await domain.call(method, path, { as: 3100 });
    expect([status, body["code"]]).toEqual([404, "entry-not-found"]);
  });

  it("wants to know who writes, likes, follows or reads what it follows", async () => {
    for (const [method, path, body] of [
      ["POST", "/posts", { text: "x" }],
      ["POST", `/posts/${noEntry}/like`, undefined],
      ["POST", "/follows/1", undefined],
      ["GET", "/feed?scope=following", undefined],
    ] as const) {
      expect([path, (await domain.call(method, path, body === undefined ? {} : { body })).status]).toEqual([path, 401]);
    }
  });

  it("lets nobody write in another's name", async () => {
    const { status } = await domain.call("POST", "/posts", { as: 3100, body: { text: "not me", user_id: 3101 } });
    expect(status).toBe(403);
    expect((await feed("user=3101")).entries).toEqual([]);
  });

  it("lets nobody follow oneself", async () => {
    const { status, body } = await domain.call("POST", "/follows/3100", { as: 3100 });
    expect([status, body["code"]]).toEqual([422, "cannot-follow-oneself"]);
  });
});
