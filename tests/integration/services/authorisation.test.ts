import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { achievementUnlocked } from "../../../services/base/events/catalogue/gamification.ts";
import type { DomainService } from "../../support/domain-service.ts";
import { tokensFor } from "../../support/tokens.ts";
import { type DomainName, domainNames, operationsOf, startDomains } from "../../support/domains.ts";

/** What an id in a route is of. */
type Rule =
  /** Everybody may read it: that is what it is for. */
  | "public"
  /** Only operators. */
  | "operators"
  /** Everybody may do it, for oneself alone: it changes the caller's own things, whatever the id. */
  | "oneself"
  /** Another's is refused: `attempt` has to get one of these answers, and `unchanged` has to stay as it is. */
  | { readonly refused: readonly number[]; readonly as?: number; readonly body?: unknown };

const OWNER = 9001;
const STRANGER = 9002;

const refused = (...refusals: readonly number[]) => ({ refused: refusals }) as const;

/** Every route with an id in it. A new one has to be entered here before the tests pass. */
const RULES: Readonly<Record<DomainName, Readonly<Record<string, Rule>>>> = {
  user: { "GET /{id}": "public", "PUT /{id}/role": "operators" },
  trading: { "POST /positions/{id}/close": refused(404), "GET /prices/{symbol}": "public" },
  gamification: { "GET /user/{id}/profile": "public", "GET /user/{id}/rank": "public" },
  social: {
    "GET /posts/{id}": refused(404),
    "DELETE /posts/{id}": refused(404),
    "GET /posts/{id}/comments": refused(404),
    "POST /posts/{id}/comments": { refused: [404], body: { text: "hello" } },
    "DELETE /posts/{id}/comments/{commentId}": refused(404),
    "POST /posts/{id}/like": refused(404),
    "DELETE /posts/{id}/like": refused(404),
    "GET /follows/{userId}": "public",
    "POST /follows/{userId}": "oneself",
    "DELETE /follows/{userId}": "oneself",
    "GET /groups/{id}": refused(404),
    "GET /groups/{id}/feed": refused(404),
    "GET /groups/{id}/members": refused(404),
    "POST /groups/{id}/posts": { refused: [404], body: { text: "hello" } },
    "PUT /groups/{id}/members/{userId}": refused(404),
    "DELETE /groups/{id}/members/{userId}": refused(404),
  },
  financial: { "PATCH /subscriptions/{id}": { refused: [404], body: { renews: false } } },
  nft: { "DELETE /listings/{id}": refused(403), "POST /listings/{id}/buy": { refused: [409], as: OWNER } },
};

/** Who may use a route without an id. */
type OpenRule =
  /** Everybody, without saying who. */
  | "everybody"
  /** Whoever says who: it shows and changes the caller's own. */
  | "own"
  | "operators";

/** Every other route. A new one has to be entered here before the tests pass. */
const OTHERS: Readonly<Record<DomainName, Readonly<Record<string, OpenRule>>>> = {
  user: {
    "POST /register": "everybody",
    "POST /login": "everybody",
    // Whoever has the refresh token is who it was given to.
    "POST /refresh": "everybody",
    "POST /logout": "own",
    "GET /.well-known/jwks.json": "everybody",
    "POST /keys/rotate": "operators",
    "GET /me": "own",
    "PATCH /me": "own",
  },
  trading: { "POST /execute": "own", "GET /positions": "own", "GET /account": "own", "GET /prices": "everybody" },
  gamification: { "GET /leaderboard": "everybody" },
  // The feed of all; one's own has a test below.
  social: { "GET /feed": "everybody", "GET /follows": "own", "POST /groups": "own", "GET /groups": "everybody", "POST /posts": "own" },
  financial: {
    "GET /revenue": "operators",
    "GET /revenue/users": "operators",
    "GET /cohorts": "operators",
    // What the gateway's dashboard shows to everybody.
    "GET /kpis": "everybody",
    "GET /kpis/history": "everybody",
    "GET /subscriptions/plans": "everybody",
    "GET /subscriptions": "own",
    "POST /subscriptions": "own",
  },
  nft: { "GET /rewards": "own", "GET /wallet": "own", "GET /marketplace": "everybody", "POST /listings": "own" },
};

let domains: Readonly<Record<DomainName, DomainService>>;
/** Ids of the owner's things, by the parameter of each service's routes. */
const ids: Partial<Record<DomainName, (path: string) => string>> = {};

async function made<T>(name: DomainName, method: string, path: string, body: unknown): Promise<T> {
  const answer = await domains[name].call<T>(method, path, { as: OWNER, body });
  expect([path, answer.status]).toEqual([path, 201]);
  return answer.body;
}

async function makeThings(): Promise<void> {
  await domains.trading.service.context.database.query("INSERT INTO accounts (user_id, tier, balance) VALUES ($1, 'standard', 100000)", [OWNER]);
  const order = { asset_symbol: "BTC/USD", direction: "LONG", amount: "1000.00" };
  const { trade } = await made<{ trade: { positionId: string } }>("trading", "POST", "/execute", order);
  ids.trading = (path) => path.replace("{id}", trade.positionId).replace("{symbol}", "BTC-USD");

  const { subscription } = await made<{ subscription: { id: string } }>("financial", "POST", "/subscriptions", { plan: "plus" });
  ids.financial = (path) => path.replace("{id}", subscription.id);

  const { group } = await made<{ group: { id: string } }>("social", "POST", "/groups", { name: "Private things", privacy: "private" });
  const { post } = await made<{ post: { id: string } }>("social", "POST", `/groups/${group.id}/posts`, { text: "between us" });
  const { comment } = await made<{ comment: { id: string } }>("social", "POST", `/posts/${post.id}/comments`, { text: "indeed" });
  ids.social = (path) =>
    path.replace("{id}", path.startsWith("/groups") ? group.id : post.id).replace("{commentId}", comment.id).replace("{userId}", String(OWNER));

  const earned = await domains.nft.emit(achievementUnlocked, { userId: OWNER, achievement: "first-trade" });
  await domains.nft.handled("nft.achievement-rewards", earned);
  const { body } = await domains.nft.call<{ rewards: { tokenId: string }[] }>("GET", "/rewards", { as: OWNER });
  const listing = await made<{ id: string }>("nft", "POST", "/listings", { token_id: body.rewards[0]?.tokenId, price: "10.00" });
  ids.nft = (path) => path.replace("{id}", listing.id);
  ids.user = ids.gamification = (path) => path.replace("{id}", "123");
}

beforeAll(async () => {
  domains = await startDomains();
  await makeThings();
}, 300_000);

afterAll(async () => {
  for (const domain of Object.values(domains)) await domain.stop();
}, 120_000);

/** All that a stranger could have changed. */
const STATE: Readonly<Record<DomainName, string>> = {
  user: "SELECT id, role, visibility, bio FROM accounts ORDER BY id",
  trading: "SELECT id, user_id, status FROM positions ORDER BY id",
  gamification: "SELECT 1",
  social: `SELECT (SELECT json_agg(e ORDER BY id) FROM entries e) AS entries, (SELECT json_agg(c ORDER BY id) FROM comments c) AS comments,
    (SELECT json_agg(m ORDER BY group_id, user_id) FROM group_members m) AS members, (SELECT json_agg(l) FROM likes l) AS likes`,
  financial: "SELECT id, user_id, status, renews FROM subscriptions ORDER BY id",
  nft: "SELECT id, seller_id, status, buyer_id FROM listings ORDER BY id",
};

describe.each([...domainNames])("R-SVC-4 authorisation in %s", (name) => {
  const withId = () => operationsOf(name, domains[name]).filter(({ path }) => path.includes("{"));

  it("is decided for every route with an id in it, and for no route that there is not", () => {
    expect(withId().map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(RULES[name]).sort());
  });

  it("lets one user neither read nor change another's things", async () => {
    const stateOf = () => domains[name].service.context.database.query(STATE[name]);
    for (const { method, path } of withId()) {
      const rule = RULES[name][`${method} ${path}`];
      const target = ids[name]?.(path) ?? path;
      const before = await stateOf();
      if (rule === "operators") {
        const answer = await domains[name].call(method, target, { as: STRANGER, body: { role: "operator" } });
        expect([method, path, answer.status]).toEqual([method, path, 403]);
      } else if (rule === "public") {
        expect([method, path, (await domains[name].call(method, target, { as: STRANGER })).status < 500]).toEqual([method, path, true]);
      } else if (typeof rule === "object") {
        const { status } = await domains[name].call(method, target, { as: rule.as ?? STRANGER, body: rule.body });
        expect([method, path, rule.refused.includes(status) ? "refused" : status]).toEqual([method, path, "refused"]);
      }
      expect([method, path, await stateOf()]).toEqual([method, path, before]);
    }
  });
});

/** A body that no schema refuses, so that the answer is about who is asking. */
const BODIES: Readonly<Record<string, unknown>> = {
  "POST /execute": { asset_symbol: "BTC/USD", direction: "LONG", amount: 10 },
  "POST /groups": { name: "Anybody's", privacy: "private" },
  "POST /posts": { text: "hello" },
  "POST /subscriptions": { plan: "plus" },
  "POST /listings": { token_id: "0194b9f0-7c1e-7a55-9f0e-3d1c2b4a5968", price: "1.00" },
  "PATCH /me": { bio: "hello" },
};

describe.each([...domainNames])("R-SVC-4 routes of %s without an id", (name) => {
  const others = () => operationsOf(name, domains[name]).filter(({ path }) => !path.includes("{"));

  it("are decided, each of them, and no route that there is not", () => {
    expect(others().map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(OTHERS[name]).sort());
  });

  it("are refused to who does not say who it is, and those for operators to players", async () => {
    for (const { method, path } of others()) {
      const rule = OTHERS[name][`${method} ${path}`];
      const body = BODIES[`${method} ${path}`];
      const { status, body: told } = await domains[name].call<{ code?: string }>(method, path, { body });
      if (rule === "everybody") {
        expect([method, path, [401, 403].includes(status) && told.code === "authentication-required"]).toEqual([method, path, false]);
        continue;
      }
      expect([method, path, status]).toEqual([method, path, 401]);
      if (rule !== "operators") continue;
      expect([method, path, (await domains[name].call(method, path, { as: STRANGER, body })).status]).toEqual([method, path, 403]);
    }
  });
});

describe("R-SVC-4 the company's figures", () => {
  it("are shown to an operator's token, and to no player's", async () => {
    const bearer = await tokensFor(domains.financial);
    for (const path of ["/revenue", "/revenue/users", "/cohorts"]) {
      const answers = [
        await domains.financial.call("GET", path, { headers: await bearer(STRANGER) }),
        await domains.financial.call("GET", path, { headers: await bearer(STRANGER, "operator") }),
      ];
      expect([path, ...answers.map(({ status }) => status), answers[0]?.body["code"]]).toEqual([path, 403, 200, "role-required"]);
    }
  });
});

describe("R-SVC-4 routes without an id", () => {
  it("show and change what is the caller's own, whoever else's there is", async () => {
    const own = async (name: DomainName, path: string) => (await domains[name].call(`GET`, path, { as: STRANGER })).body;
    expect(await own("trading", "/positions")).toMatchObject({ positions: [] });
    expect(await own("financial", "/subscriptions")).toEqual({ subscriptions: [] });
    expect(await own("nft", "/rewards")).toMatchObject({ rewards: [] });
    expect(await own("social", "/feed?scope=own")).toMatchObject({ entries: [] });
    expect(await own("social", "/groups")).toMatchObject({ groups: [] });
  });

  it("show nobody a feed that is somebody's own", async () => {
    const statuses = await Promise.all(["own", "following"].map(async (scope) => (await domains.social.call("GET", `/feed?scope=${scope}`)).status));
    expect(statuses).toEqual([401, 401]);
  });

  it("let nobody act for another by the body's user_id", async () => {
    const body = { user_id: OWNER, asset_symbol: "BTC/USD", direction: "LONG", amount: 10 };
    expect((await domains.trading.call("POST", "/execute", { as: STRANGER, body })).status).toBe(403);
    expect((await domains.social.call("POST", "/posts", { as: STRANGER, body: { user_id: OWNER, text: "x" } })).status).toBe(403);
    expect((await domains.financial.call("POST", "/subscriptions", { as: STRANGER, body: { user_id: OWNER, plan: "pro" } })).status).toBe(403);
  });
});
