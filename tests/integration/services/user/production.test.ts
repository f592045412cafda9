import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userService } from "../../../../services/user/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";

let domain: DomainService;

beforeAll(async () => {
  domain = await startDomainService(userService(), { mode: "production" });
});

afterAll(async () => {
  await domain.stop();
});

describe("R-SVC-1 the user service in production", () => {
  it("has no demo user", async () => {
    expect((await domain.call("GET", "/123")).status).toBe(404);
  });

  it("believes a token and not a bare user id", async () => {
    const body = { username: "ada", email: "ada@example.com", password: "correct horse battery" };
    const { body: registered } = await domain.call<{ user: { id: number }; token: string }>("POST", "/register", { body });
    expect((await domain.call("GET", "/me", { as: registered.user.id })).status).toBe(401);
    const me = await domain.call("GET", "/me", { headers: { authorization: `Bearer ${registered.token}` } });
    expect(me.body).toMatchObject({ id: registered.user.id });
  });
});
