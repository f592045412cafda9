import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { achievementUnlocked, levelReached, xpAwarded } from "../../../../services/base/events/catalogue/gamification.ts";
import { nftMinted } from "../../../../services/base/events/catalogue/nft.ts";
import { postCreated, postLiked } from "../../../../services/base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../../services/base/events/catalogue/user.ts";
import { gamification } from "../../../../services/gamification/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { waitFor } from "../../../support/wait-for.ts";

interface Profile {
  readonly username: string | null;
  readonly xp: number;
  readonly level: number;
  readonly nextLevelAt: number;
  readonly rank: number | null;
  readonly trades: number;
  readonly volume: string;
  readonly streak: { readonly current: number; readonly best: number };
  readonly achievements: readonly { readonly id: string }[];
}

interface Leaderboard {
  readonly entries: readonly { readonly rank: number; readonly userId: number; readonly xp: number }[];
}

let domain: DomainService;

beforeAll(async () => {
  domain = await startDomainService(gamification);
});

afterAll(async () => {
  await domain.stop();
});

const trade = (userId: number, amount = "1000.00") => ({
  tradeId: "t1",
  positionId: "p1",
  userId,
  symbol: "BTC/USD",
  direction: "LONG" as const,
  amount,
  price: "50000",
  quantity: "0.02",
  fee: "1",
});

const profileOf = async (userId: number): Promise<Profile> =>
  (await domain.call<Profile>("GET", `/user/${userId}/profile`)).body;

describe("R-SVC-1 gamification", () => {
  it("R-EVT-1 gives a trade its points and achievement, and R-EVT-3 gives them once however often the event comes", async () => {
    const registered = await domain.emit(userRegistered, { userId: 2001, username: "ada" });
    await domain.handled("gamification.onboarding", registered);
    const event = await domain.emit(tradeExecuted, trade(2001));
    await domain.emitAgain(event);
    await domain.handled("gamification.trade-xp", await domain.emit(tradeExecuted, trade(2002)));

    expect(await profileOf(2001)).toMatchObject({
      username: "ada",
      xp: 40,
      level: 1,
      nextLevelAt: 100,
      trades: 1,
      volume: "1000",
      achievements: [{ id: "first-trade" }],
    });
    const awards = (await domain.published(xpAwarded)).filter(({ data }) => data.userId === 2001);
    expect(awards.map(({ data }) => [data.reason, data.xp, data.totalXp])).toEqual([
      ["trade-executed", 20, 20],
      ["achievement:first-trade", 20, 40],
    ]);
    expect(awards[0]?.correlationId).toBe(event.correlationId);
    const unlocked = (await domain.published(achievementUnlocked)).filter(({ data }) => data.userId === 2001);
    expect(unlocked.map(({ data }) => data.achievement)).toEqual(["first-trade"]);
  });

  it("creates a player whose trade arrives before the registration, and learns the name later", async () => {
    await domain.handled("gamification.trade-xp", await domain.emit(tradeExecuted, trade(2010)));
    expect(await profileOf(2010)).toMatchObject({ username: null, trades: 1 });
    const registered = await domain.emit(userRegistered, { userId: 2010, username: "late" });
    await domain.handled("gamification.onboarding", registered);
    expect(await profileOf(2010)).toMatchObject({ username: "late", trades: 1, xp: 40 });
  });

  it("tells of a level that is reached", async () => {
    const event = await domain.emit(tradeExecuted, trade(2020, "100000"));
    await domain.handled("gamification.trade-xp", event);
    // 10 + 100 for the trade, 20 for the first one, 200 for the volume.
    expect(await profileOf(2020)).toMatchObject({ xp: 330, level: 3, nextLevelAt: 600 });
    const levels = (await domain.published(levelReached)).filter(({ data }) => data.userId === 2020);
    expect(levels.map(({ data }) => data)).toEqual([{ userId: 2020, level: 3, totalXp: 330 }]);
  });

  it("gives points for a profit and none for a loss", async () => {
    await domain.emit(positionClosed, { ...trade(2030), profit: "-1" });
    await domain.emit(positionClosed, { ...trade(2030), profit: "0" });
    await domain.handled("gamification.trade-xp", await domain.emit(positionClosed, { ...trade(2030), profit: "0.01" }));
    expect(await profileOf(2030)).toMatchObject({ xp: 50, trades: 0, achievements: [{ id: "first-profit" }] });
  });

  it("gives points for posts, tokens and likes, but not for liking oneself", async () => {
    await domain.emit(postCreated, { postId: "x", userId: 2040 });
    await domain.emit(postLiked, { postId: "x", userId: 2040, authorId: 2040 });
    await domain.handled("gamification.social-xp", await domain.emit(postLiked, { postId: "y", userId: 2040, authorId: 1 }));
    await domain.handled("gamification.nft-xp", await domain.emit(nftMinted, { tokenId: "n1", userId: 2040 }));
    // 5 + 10 for the first post, 1 for the like, 15 for the token.
    expect(await profileOf(2040)).toMatchObject({ xp: 31 });
  });

  it("adds up what three groups give the same players at the same time", async () => {
    const players = [2060, 2061, 2062];
    const last = await Promise.all(
      Array.from({ length: 30 }, (_, n) => players[n % 3] ?? 0).map(async (userId) => ({
        "gamification.trade-xp": await domain.emit(tradeExecuted, trade(userId, "1")),
        "gamification.social-xp": await domain.emit(postLiked, { postId: "x", userId, authorId: 1 }),
        "gamification.nft-xp": await domain.emit(nftMinted, { tokenId: "n", userId }),
      })),
    );
    for (const events of last) {
      for (const [group, event] of Object.entries(events)) await domain.handled(group, event);
    }
    // 10 trades of 10, 10 likes of 1, 10 tokens of 15, and three achievements of 20, 50 and 10.
    const profiles = await Promise.all(players.map(profileOf));
    expect(profiles.map(({ xp, trades }) => [xp, trades])).toEqual(players.map(() => [340, 10]));
  });

  it("ranks players by their points; equal points share a rank", async () => {
    const rankOf = async (userId: number): Promise<number> =>
      waitFor(`rank of ${userId}`, async () => (await profileOf(userId)).rank ?? undefined);
    await domain.handled("gamification.trade-xp", await domain.emit(tradeExecuted, trade(2050, "100000")));
    await domain.handled("gamification.trade-xp", await domain.emit(tradeExecuted, trade(2051, "100000")));
    const board = await waitFor("both players on the leaderboard", async () => {
      const { body } = await domain.call<Leaderboard>("GET", "/leaderboard?period=daily&limit=100");
      return body.entries.filter(({ userId, xp }) => [2050, 2051].includes(userId) && xp === 330).length === 2 ? body : undefined;
    });
    const [first, second] = [2050, 2051].map((user) => board.entries.find(({ userId }) => userId === user));
    expect(first?.rank).toBe(second?.rank);
    expect(await rankOf(2050)).toBe(await rankOf(2051));
    expect(board.entries.map(({ xp }) => xp)).toEqual(board.entries.map(({ xp }) => xp).sort((a, b) => b - a));
  });

  it("counts days in a row, whatever order they are told in, and R-EVT-3 gives their achievement once", async () => {
    const day = (n: number) => new Date(Date.UTC(2025, 0, n, 12)).toISOString();
    // 1, 2, (gap), 6, 7, 4: no three in a row. Then the 5th comes late and joins 4 to 7.
    for (const n of [1, 2, 6, 7, 4]) {
      await domain.handled("gamification.social-xp", await domain.emit(postLiked, { postId: "x", userId: 2070, authorId: 1 }, { occurredAt: day(n) }));
    }
    expect((await profileOf(2070)).streak).toEqual({ current: 0, best: 2 });
    const late = await domain.emit(postLiked, { postId: "x", userId: 2070, authorId: 1 }, { occurredAt: day(5) });
    await domain.handled("gamification.social-xp", late);
    expect(await profileOf(2070)).toMatchObject({ streak: { current: 0, best: 4 }, achievements: [{ id: "streak-3" }] });
  });

  it("R-SVC-4 does not know a user who has not played", async () => {
    const { status, body } = await domain.call("GET", "/user/999999/profile");
    expect([status, body["code"]]).toEqual([404, "player-not-found"]);
  });

  it.each([
    ["/user/0/profile", "/params/id"],
    ["/user/ada/profile", "/params/id"],
    ["/user/1.5/profile", "/params/id"],
    ["/leaderboard?period=yearly", "/query/period"],
    ["/leaderboard?limit=0", "/query/limit"],
    ["/leaderboard?limit=101", "/query/limit"],
    ["/leaderboard?lines=5", "/query/lines"],
    ["/user/1/rank?neighbours=26", "/query/neighbours"],
    ["/user/1/rank?period=hourly", "/query/period"],
  ])("R-SVC-4 refuses %s and names %s", async (path, field) => {
    const { status, body } = await domain.call<{ errors: { path: string }[] }>("GET", path);
    expect([status, body.errors.map((error) => error.path)]).toEqual([400, [field]]);
  });
});
