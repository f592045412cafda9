import { Redis } from "ioredis";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JWKS_KEY, REVOKED_KEY } from "../../../../services/base/auth/tokens.ts";
import { type RunningService, startService } from "../../../../services/base/service.ts";
import { userService } from "../../../../services/user/service.ts";
import { type Answer, type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { secretValue } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";

interface Access {
  readonly user: { readonly id: number };
  readonly token: string;
  readonly refreshToken: string;
}

interface Refusal {
  readonly code: string;
  readonly errors?: readonly { readonly path: string }[];
}

let domain: DomainService;
/** Another process of the platform: it shares the stores and nothing else. */
let elsewhere: RunningService;
let redis: Redis;

beforeAll(async () => {
  domain = await startDomainService(userService(), { mode: "production" });
  const { config } = domain.service.context;
  elsewhere = await startService(userService(), { ...config, instance: "user-elsewhere", port: 0, agentPort: 0 });
  redis = new Redis({ ...config.redis });
});

afterAll(async () => {
  redis.disconnect();
  await elsewhere.stop();
  await domain.stop();
});

const password = "correct horse battery";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function register(username: string): Promise<Access> {
  const body = { username, email: `${username}@example.com`, password };
  const answer = await domain.call<Access>("POST", "/register", { body });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function logIn(username: string): Promise<Access> {
  return (await domain.call<Access>("POST", "/login", { body: { username, password } })).body;
}

const refresh = (refreshToken: string): Promise<Answer<Access & Refusal>> => domain.call("POST", "/refresh", { body: { refreshToken } });

async function statusElsewhere(token: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${elsewhere.port}/api/v1/users/me`, { headers: bearer(token) })).status;
}

const refusedElsewhere = (token: string) =>
  waitFor("refusal of the token elsewhere", async () => ((await statusElsewhere(token)) === 401 ? true : undefined));

describe("R-SVC-1 refresh tokens", () => {
  it("are exchanged once for the next pair", async () => {
    const first = await register("rotating");
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body.refreshToken).not.toBe(first.refreshToken);
    expect((await domain.call("GET", "/me", { headers: bearer(second.body.token) })).status).toBe(200);
    expect((await refresh(second.body.refreshToken)).status).toBe(200);
  });

  it("end the whole session when one comes a second time, for thief and owner alike", async () => {
    const first = await register("robbed");
    const second = (await refresh(first.refreshToken)).body;
    const again = await refresh(first.refreshToken);
    expect([again.status, again.body.code, again.body.errors?.[0]?.path]).toEqual([401, "invalid-refresh-token", "/body/refreshToken"]);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    await refusedElsewhere(second.token);
  });

  it("give one of two who come with the same token at once the next pair, and end the session", async () => {
    const { refreshToken } = await register("twins");
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await refresh(winner?.body.refreshToken ?? "")).status).toBe(401);
  });

  it("are not stored, only their hashes", async () => {
    const { refreshToken } = await register("unstored");
    const rows = await domain.service.context.database.query<{ hash: Buffer }>("SELECT hash FROM refresh_tokens");
    expect(rows.every(({ hash }) => hash.length === 32 && !hash.equals(Buffer.from(refreshToken, "base64url")))).toBe(true);
  });

  it.each([
    ["one that nobody was given", "A".repeat(43), 401],
    ["one that is none", "short", 400],
  ])("R-SVC-4 refuse %s and name the field", async (_what, token, status) => {
    const answer = await refresh(token);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([status, "/body/refreshToken"]);
  });
});

describe("R-SVC-1 log-out", () => {
  it("is in effect in every process, and ends one session only", async () => {
    const phone = await register("traveller");
    const laptop = await logIn("traveller");
    expect(await statusElsewhere(phone.token)).toBe(200);
    const answer = await domain.call("POST", "/logout", { headers: bearer(phone.token) });
    expect(answer.body).toEqual({ endedSessions: 1 });
    await refusedElsewhere(phone.token);
    expect((await domain.call<Refusal>("GET", "/me", { headers: bearer(phone.token) })).body.code).toBe("invalid-token");
    expect((await refresh(phone.refreshToken)).status).toBe(401);
    expect(await statusElsewhere(laptop.token)).toBe(200);
  });

  it("ends all sessions of the caller, and nobody else's, where it is asked for", async () => {
    const other = await register("bystander");
    const one = await register("careful");
    const two = await logIn("careful");
    const answer = await domain.call("POST", "/logout", { headers: bearer(two.token), body: { everywhere: true } });
    expect(answer.body).toEqual({ endedSessions: 2 });
    await refusedElsewhere(one.token);
    await refusedElsewhere(two.token);
    expect(await statusElsewhere(other.token)).toBe(200);
  });

  it("is told again when Redis has lost it", async () => {
    const { token } = await register("forgotten");
    await domain.call("POST", "/logout", { headers: bearer(token) });
    await redis.del(REVOKED_KEY);
    await waitFor("the ended session in Redis", async () => ((await redis.zcard(REVOKED_KEY)) > 0 ? true : undefined));
    expect(await statusElsewhere(token)).toBe(401);
  });
});

describe("R-SVC-1 roles", () => {
  const operatorToken = () => ({ "x-astra-operator-token": secretValue("operator_token") });

  it("are given by operators only, are carried by the token, and end what was signed before", async () => {
    const player = await register("ambitious");
    const victim = await register("victim");
    const path = `/${player.user.id}/role`;
    const body = { role: "operator" };
    expect((await domain.call<Refusal>("PUT", path, { headers: bearer(player.token), body })).body.code).toBe("role-required");
    expect((await domain.call("PUT", path, { body })).status).toBe(401);
    expect((await domain.call("PUT", path, { headers: { "x-astra-operator-token": "guessed" }, body })).status).toBe(401);
    expect((await domain.call("PUT", path, { headers: operatorToken(), body })).body).toEqual({ id: player.user.id, role: "operator" });
    await refusedElsewhere(player.token);

    const operator = await logIn("ambitious");
    expect((await domain.call("GET", "/me", { headers: bearer(operator.token) })).body).toMatchObject({ role: "operator" });
    const given = await domain.call("PUT", `/${victim.user.id}/role`, { headers: bearer(operator.token), body });
    expect(given.status).toBe(200);
  });

  it("R-SVC-4 name what is wrong", async () => {
    const unknown = await domain.call<Refusal>("PUT", "/999999/role", { headers: operatorToken(), body: { role: "player" } });
    expect([unknown.status, unknown.body.errors?.[0]?.path]).toEqual([404, "/params/id"]);
    const wrong = await domain.call<Refusal>("PUT", "/123/role", { headers: operatorToken(), body: { role: "king" } });
    expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([400, "/body/role"]);
  });

  it("let operators rotate the keys: the next token has a new one, and those of the old one hold everywhere", async () => {
    const before = await register("before-rotation");
    expect((await domain.call("POST", "/keys/rotate", { headers: bearer(before.token) })).status).toBe(403);
    const rotated = await domain.call<{ kid: string }>("POST", "/keys/rotate", { headers: operatorToken() });
    const after = await logIn("before-rotation");
    expect(decodeProtectedHeader(after.token).kid).toBe(rotated.body.kid);
    expect(decodeProtectedHeader(before.token).kid).not.toBe(rotated.body.kid);
    expect(await statusElsewhere(after.token)).toBe(200);
    expect(await statusElsewhere(before.token)).toBe(200);
    const published = JSON.parse((await redis.get(JWKS_KEY)) ?? "null") as { keys: { kid: string }[] };
    expect(published.keys.map(({ kid }) => kid)).toContain(rotated.body.kid);
  });

  it("leave an old key published until its tokens have expired, and replace one that is 30 days old", async () => {
    const { database } = domain.service.context;
    const owner = await domain.connect("users_owner");
    await owner.query("UPDATE signing_keys SET created_at = now() - interval '31 days' WHERE retired_at IS NULL");
    const [old] = await database.query<{ kid: string }>("SELECT kid FROM signing_keys WHERE retired_at IS NULL");
    const kids = async () => (await domain.call<{ keys: { kid: string }[] }>("GET", "/.well-known/jwks.json")).body.keys.map(({ kid }) => kid);
    await waitFor("a new key", async () => (decodeProtectedHeader((await logIn("before-rotation")).token).kid === old?.kid ? undefined : true));
    expect(await kids()).toContain(old?.kid);
    await owner.query("UPDATE signing_keys SET retired_at = now() - interval '21 minutes' WHERE kid = $1", [old?.kid]);
    expect(await kids()).not.toContain(old?.kid);
  });
});
