import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JWKS_KEY } from "../../../../services/base/auth/tokens.ts";
import { postLiked } from "../../../../services/base/events/catalogue/social.ts";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { userRegistered } from "../../../../services/base/events/catalogue/user.ts";
import { DEMO_USER, seedDemoUser } from "../../../../services/user/demo-user.ts";
import { KeyRing } from "../../../../services/user/key-ring.ts";
import { userService } from "../../../../services/user/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { secretValue } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";

interface Registered {
  readonly user: { readonly id: number; readonly username: string; readonly email: string };
  readonly token: string;
}

interface Refusal {
  readonly code: string;
  readonly errors?: readonly { readonly path: string }[];
}

let domain: DomainService;
let redis: Redis;

beforeAll(async () => {
  domain = await startDomainService(userService());
  redis = new Redis({ ...domain.service.context.config.redis });
});

afterAll(async () => {
  redis.disconnect();
  await domain.stop();
});

const password = "correct horse battery";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function register(username: string, email = `${username}@example.com`): Promise<Registered> {
  const answer = await domain.call<Registered>("POST", "/register", { body: { username, email, password } });
  expect(answer.status).toBe(201);
  return answer.body;
}

const countOf = async (table: string): Promise<number> => {
  const [row] = await domain.service.context.database.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count);
};

describe("R-SVC-1 registration", () => {
  it("creates an account from id 1000 on, tells the other domains, and gives a token that holds", async () => {
    const { user, token } = await register("ada");
    expect(user.id).toBeGreaterThanOrEqual(1000);
    expect(user).toMatchObject({ username: "ada", email: "ada@example.com", displayName: null });
    const events = await domain.published(userRegistered);
    expect(events.find(({ data }) => data.userId === user.id)?.data).toEqual({ userId: user.id, username: "ada" });
    const me = await domain.call("GET", "/me", { headers: bearer(token) });
    expect(me.body).toMatchObject({ id: user.id, email: "ada@example.com" });
  });

  it("keeps no password, only its argon2id hash", async () => {
    await register("hashed");
    const [row] = await domain.service.context.database.query<{ password_hash: string }>(
      "SELECT password_hash FROM accounts WHERE username = 'hashed'",
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("R-SVC-4 refuses a name or an email that is taken, whatever the letter case, and names it", async () => {
    await register("grace");
    const again = async (username: string, email: string) => {
      const { status, body } = await domain.call<Refusal>("POST", "/register", { body: { username, email, password } });
      return [status, body.code, body.errors?.map((error) => error.path)];
    };
    expect(await again("GRACE", "other@example.com")).toEqual([409, "account-exists", ["/body/username"]]);
    expect(await again("other", "Grace@Example.com")).toEqual([409, "account-exists", ["/body/email"]]);
    expect(await again("Grace", "GRACE@example.com")).toEqual([409, "account-exists", ["/body/username", "/body/email"]]);
    expect(await again("Admin", "admin@example.com")).toEqual([409, "account-exists", ["/body/username"]]);
  });

  it("gives one of two who want the same name at the same time the account", async () => {
    const answers = await Promise.all(
      [1, 2, 3].map((n) => domain.call("POST", "/register", { body: { username: "racer", email: `racer${n}@example.com`, password } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it.each([
    ["a body without anything", {}, ["/body/username", "/body/email", "/body/password"]],
    ["a name with a space", { username: "a b c", email: "x@example.com", password }, ["/body/username"]],
    ["an email that is none", { username: "fine", email: "x.example.com", password }, ["/body/email"]],
    ["a short password", { username: "fine", email: "x@example.com", password: "1234567" }, ["/body/password"]],
    ["an unknown field", { username: "fine", email: "x@example.com", password, role: "operator" }, ["/body/role"]],
    ["another type", { username: 12345, email: "x@example.com", password }, ["/body/username"]],
  ])("R-SVC-4 refuses %s, names the field and stores nothing", async (_what, body, paths) => {
    const before = await countOf("accounts");
    const answer = await domain.call<Refusal>("POST", "/register", { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.path).sort()).toEqual([...paths].sort());
    expect(await countOf("accounts")).toBe(before);
  });
});

describe("R-SVC-1 log-in", () => {
  it("takes the name or the email, whatever the letter case", async () => {
    const { user } = await register("linus");
    for (const name of [{ username: "Linus" }, { email: "LINUS@example.com" }]) {
      const { status, body } = await domain.call<{ token: string; expiresAt: string }>("POST", "/login", { body: { ...name, password } });
      expect(status).toBe(200);
      const me = await domain.call<{ id: number }>("GET", "/me", { headers: bearer(body.token) });
      expect(me.body.id).toBe(user.id);
    }
  });

  it("does not tell an unknown user from a wrong password", async () => {
    await register("margaret");
    const wrong = await domain.call<Refusal>("POST", "/login", { body: { username: "margaret", password: "wrong" } });
    const unknown = await domain.call<Refusal>("POST", "/login", { body: { username: "nobody-at-all", password: "wrong" } });
    expect([wrong.status, wrong.body.code]).toEqual([401, "wrong-credentials"]);
    expect([unknown.status, unknown.body.code]).toEqual([401, "wrong-credentials"]);
  });

  it("lets nobody into the demo account by password", async () => {
    const answer = await domain.call("POST", "/login", { body: { username: "demo", password: "demo" } });
    expect(answer.status).toBe(401);
  });

  it.each([
    ["neither name nor email", { password }],
    ["both", { username: "ada", email: "ada@example.com", password }],
  ])("R-SVC-4 refuses %s and names the field", async (_what, body) => {
    const answer = await domain.call<Refusal>("POST", "/login", { body });
    expect([answer.status, answer.body.errors?.map((error) => error.path)]).toEqual([400, ["/body/username"]]);
  });
});

describe("R-SVC-1 token keys", () => {
  it("are published in Redis as over HTTP, and nothing private with them", async () => {
    const answer = await domain.call<{ keys: Record<string, string>[] }>("GET", "/.well-known/jwks.json");
    expect(JSON.parse((await redis.get(JWKS_KEY)) ?? "null")).toEqual(answer.body);
    expect(Object.keys(answer.body.keys[0] ?? {}).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  });

  it("come back by themselves when Redis has lost them", async () => {
    await redis.flushall();
    await waitFor("publishing of the keys", async () => (await redis.get(JWKS_KEY)) ?? undefined);
  });

  it("are the same for every instance, and encrypted at rest", async () => {
    const { database, log, clock } = domain.service.context;
    const secret = secretValue("token_encryption");
    const [one, other] = [new KeyRing({ database, log, clock, secret }), new KeyRing({ database, log, clock, secret })];
    expect((await one.signingKey()).kid).toBe((await other.signingKey()).kid);
    const [row] = await database.query<{ private_jwk_encrypted: Buffer }>("SELECT private_jwk_encrypted FROM signing_keys");
    expect(row?.private_jwk_encrypted.includes('"d"')).toBe(false);
  });

  it("are replaced when the secret is a new one, and what the old ones signed stays valid", async () => {
    const { token } = await register("before-the-change");
    const { database, log, clock } = domain.service.context;
    const before = await countOf("signing_keys");
    await new KeyRing({ database, log, clock, secret: "another secret than before, and long enough for it" }).signingKey();
    expect(await countOf("signing_keys")).toBe(before + 1);
    expect((await domain.call("GET", "/me", { headers: bearer(token) })).status).toBe(200);
    expect((await domain.call<{ keys: unknown[] }>("GET", "/.well-known/jwks.json")).body.keys).toHaveLength(before + 1);
  });
});

describe("R-SVC-1 profiles", () => {
  it("show to others what is public, and the email to oneself only", async () => {
    const { user, token } = await register("katherine");
    const { body } = await domain.call("GET", `/${user.id}`);
    expect(body).toMatchObject({ id: user.id, username: "katherine", activity: { tradesExecuted: 0, lastSeenAt: null } });
    expect(body).not.toHaveProperty("email");
    expect((await domain.call("GET", "/me", { headers: bearer(token) })).body).toHaveProperty("email");
  });

  it("are changed by their owner: what is given, and null empties it", async () => {
    const { user, token } = await register("barbara");
    const change = (body: unknown) => domain.call("PATCH", "/me", { headers: bearer(token), body });
    expect((await change({ displayName: "Barbara L.", bio: "Abstract." })).body).toMatchObject({ displayName: "Barbara L.", bio: "Abstract." });
    expect((await change({ bio: null })).body).toMatchObject({ displayName: "Barbara L.", bio: null });
    expect((await domain.call("GET", `/${user.id}`)).body).toMatchObject({ displayName: "Barbara L.", bio: null });
  });

  it("show of a private one the name only, except to the owner and to operators", async () => {
    const { user, token } = await register("hidden");
    await domain.call("PATCH", "/me", { headers: bearer(token), body: { bio: "Nobody's business.", visibility: "private" } });
    const stranger = await register("stranger");
    for (const headers of [{}, bearer(stranger.token)]) {
      const { body } = await domain.call("GET", `/${user.id}`, { headers });
      expect(body).toMatchObject({ username: "hidden", visibility: "private", displayName: null, bio: null, activity: null });
    }
    expect((await domain.call("GET", `/${user.id}`, { headers: bearer(token) })).body).toMatchObject({ bio: "Nobody's business." });
  });

  it.each([
    ["nothing to change", {}, "/body"],
    ["a visibility that there is not", { visibility: "friends" }, "/body/visibility"],
    ["a role that one gives oneself", { role: "operator" }, "/body/role"],
    ["a field that is not theirs to change", { username: "root" }, "/body/username"],
    ["a bio that is too long", { bio: "x".repeat(501) }, "/body/bio"],
  ])("R-SVC-4 refuse %s", async (_what, body, path) => {
    const { status, body: answer } = await domain.call<Refusal>("PATCH", "/me", { as: DEMO_USER.id, body });
    expect([status, answer.errors?.[0]?.path]).toEqual([400, path]);
  });

  it("R-SVC-4 say that a user is not there, or that an id is none", async () => {
    expect((await domain.call<Refusal>("GET", "/999999")).body).toMatchObject({ status: 404, errors: [{ path: "/params/id" }] });
    expect((await domain.call<Refusal>("GET", "/abc")).body).toMatchObject({ status: 400, errors: [{ path: "/params/id" }] });
  });

  it("are nobody's without a token, and not of a token that does not hold", async () => {
    expect((await domain.call("GET", "/me")).status).toBe(401);
    const { token } = await register("mallory");
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    expect((await domain.call("GET", "/me", { headers: bearer(forged) })).status).toBe(401);
    expect((await domain.call("PATCH", "/me", { headers: bearer(forged), body: { bio: "x" } })).status).toBe(401);
  });
});

describe("R-SVC-1 demo user", () => {
  it("is there in mode dev, and was told of once however often a service starts", async () => {
    expect((await domain.call("GET", "/123")).body).toMatchObject({ id: 123, username: "demo" });
    const { database, events } = domain.service.context;
    expect(await seedDemoUser(database, events)).toBe(false);
    const told = (await domain.published(userRegistered)).filter(({ data }) => data.userId === 123);
    expect(told).toHaveLength(1);
  });
});

describe("R-EVT-1 user.activity", () => {
  it("counts what a user does and when, R-EVT-3 once however often the event comes", async () => {
    const { user } = await register("busy");
    const trade = { tradeId: "t1", positionId: "p1", userId: user.id, symbol: "BTC/USD", direction: "LONG" as const, amount: "1", price: "1", quantity: "1", fee: "1" };
    const event = await domain.emit(tradeExecuted, trade, { occurredAt: "2025-01-31T12:00:00.000Z" });
    await domain.emitAgain(event);
    const like = await domain.emit(postLiked, { postId: "p", userId: user.id, authorId: 1 }, { occurredAt: "2025-01-31T11:00:00.000Z" });
    await domain.handled("user.activity", event);
    await domain.handled("user.activity", like);
    const { body } = await domain.call<{ activity: unknown }>("GET", `/${user.id}`);
    expect(body.activity).toEqual({
      lastSeenAt: "2025-01-31T12:00:00.000Z",
      tradesExecuted: 1,
      positionsClosed: 0,
      postsCreated: 0,
      commentsWritten: 0,
      likesGiven: 1,
      usersFollowed: 0,
    });
  });
});
