import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { social } from "../../../../services/social/service.ts";
import { type Answer, type DomainService, startDomainService } from "../../../support/domain-service.ts";

interface Refusal {
  readonly code: string;
  readonly errors: readonly { readonly path: string }[];
}

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly groupId?: string;
}

let domain: DomainService;
const [owner, member, stranger] = [5001, 5002, 5003];

beforeAll(async () => {
  domain = await startDomainService(social);
});

afterAll(async () => {
  await domain.stop();
});

async function makeGroup(name: string, privacy: string): Promise<string> {
  const { status, body } = await domain.call<{ group: { id: string } }>("POST", "/groups", { as: owner, body: { name, privacy } });
  expect(status).toBe(201);
  return body.group.id;
}

const codeOf = ({ status, body }: Answer<Refusal>) => [status, body.code];
const texts = async (path: string, as: number) =>
  (await domain.call<{ entries: Entry[] }>("GET", path, { as })).body.entries.map(({ text }) => text);

describe("R-SVC-1 groups", () => {
  it("are joined and left by oneself, and posted in by members", async () => {
    const id = await makeGroup("Bitcoin bulls", "public");
    const post = () => domain.call<Refusal>("POST", `/groups/${id}/posts`, { as: member, body: { text: "To the moon" } });
    expect(codeOf(await post())).toEqual([403, "members-only"]);
    for (let twice = 0; twice < 2; twice += 1) expect((await domain.call("PUT", `/groups/${id}/members/${member}`, { as: member })).status).toBe(200);
    expect((await post()).status).toBe(201);
    expect((await domain.call("GET", `/groups/${id}`, { as: member })).body["group"]).toMatchObject({ members: 2, member: true });
    expect(await texts(`/groups/${id}/feed`, stranger)).toEqual(["To the moon"]);
    expect((await domain.call("GET", `/groups/${id}/members`)).body).toEqual({ users: [owner, member], nextAfter: null });
    await domain.call("DELETE", `/groups/${id}/members/${member}`, { as: member });
    expect((await domain.call("GET", `/groups/${id}`)).body["group"]).toMatchObject({ members: 1, member: false });
  });

  it("do not spill over into the global feed, but stand in the author's own", async () => {
    const id = await makeGroup("Quiet room", "public");
    await domain.call("POST", `/groups/${id}/posts`, { as: owner, body: { text: "only in here" } });
    expect(await texts("/feed?limit=100", stranger)).not.toContain("only in here");
    expect(await texts(`/feed?user=${owner}&limit=100`, stranger)).not.toContain("only in here");
    expect(await texts("/feed?scope=own&limit=100", owner)).toContain("only in here");
  });

  it("that are private show nothing at all to others, whatever id they ask with", async () => {
    const id = await makeGroup("Inner circle", "private");
    const { body } = await domain.call<{ post: Entry }>("POST", `/groups/${id}/posts`, { as: owner, body: { text: "secret" } });
    const postId = body.post.id;
    const refused = [
      ["GET", `/groups/${id}`],
      ["GET", `/groups/${id}/feed`],
      ["GET", `/groups/${id}/members`],
      ["PUT", `/groups/${id}/members/${stranger}`],
      ["DELETE", `/groups/${id}/members/${owner}`],
      ["GET", `/posts/${postId}`],
      ["GET", `/posts/${postId}/comments`],
      ["POST", `/posts/${postId}/like`],
      ["DELETE", `/posts/${postId}/like`],
      ["DELETE", `/posts/${postId}`],
    ] as const;
    for (const [method, path] of refused) expect([method, path, (await domain.call(method, path, { as: stranger })).status]).toEqual([method, path, 404]);
    expect((await domain.call("POST", `/posts/${postId}/comments`, { as: stranger, body: { text: "hi" } })).status).toBe(404);
    const listed = await domain.call<{ groups: { id: string }[] }>("GET", "/groups?limit=100", { as: stranger });
    expect(listed.body.groups.map((group) => group.id)).not.toContain(id);

    expect((await domain.call("PUT", `/groups/${id}/members/${member}`, { as: owner })).status).toBe(200);
    expect((await domain.call("POST", `/posts/${postId}/like`, { as: member })).body).toMatchObject({ likes: 1 });
  });

  it("let nobody but the owner decide on others, and the owner stay", async () => {
    const id = await makeGroup("Rules", "public");
    expect(codeOf(await domain.call<Refusal>("PUT", `/groups/${id}/members/${member}`, { as: stranger }))).toEqual([403, "not-yours"]);
    await domain.call("PUT", `/groups/${id}/members/${member}`, { as: member });
    expect(codeOf(await domain.call<Refusal>("DELETE", `/groups/${id}/members/${member}`, { as: stranger }))).toEqual([403, "not-yours"]);
    expect(codeOf(await domain.call<Refusal>("DELETE", `/groups/${id}/members/${owner}`, { as: owner }))).toEqual([422, "owner-stays"]);
  });

  it("have names of their own, letter case aside, and R-SVC-4 the field is named", async () => {
    await makeGroup("Unique", "public");
    const again = await domain.call<Refusal>("POST", "/groups", { as: member, body: { name: "UNIQUE" } });
    expect([...codeOf(again), again.body.errors[0]?.path]).toEqual([409, "group-exists", "/body/name"]);
    const wrong = await domain.call<Refusal>("POST", "/groups", { as: member, body: { name: " x", privacy: "secret" } });
    expect([wrong.status, [...new Set(wrong.body.errors.map(({ path }) => path))].sort()]).toEqual([400, ["/body/name", "/body/privacy"]]);
  });
});

describe("R-SVC-1 feeds", () => {
  it("of the followed show each of them, page by page, and not who is followed no longer", async () => {
    const [reader, one, two, three] = [6001, 6002, 6003, 6004];
    for (const followed of [one, two, three]) await domain.call("POST", `/follows/${followed}`, { as: reader });
    for (let n = 0; n < 4; n += 1) {
      for (const author of [one, two, three]) await domain.call("POST", "/posts", { as: author, body: { text: `${author}/${n}` } });
    }
    await domain.call("DELETE", `/follows/${three}`, { as: reader });
    const seen: string[] = [];
    let cursor = "";
    for (let page = 0; page < 3; page += 1) {
      const { body } = await domain.call<{ entries: Entry[]; nextCursor: string | null }>("GET", `/feed?scope=following&limit=3${cursor}`, { as: reader });
      seen.push(...body.entries.map(({ text }) => text));
      cursor = `&cursor=${body.nextCursor ?? ""}`;
    }
    expect(seen).toEqual([3, 2, 1, 0].flatMap((n) => [`${two}/${n}`, `${one}/${n}`]));
    expect((await domain.call("GET", "/follows?limit=1", { as: reader })).body).toEqual({ users: [one], nextAfter: one });
    expect((await domain.call("GET", `/follows?after=${one}`, { as: reader })).body).toEqual({ users: [two], nextAfter: null });
    expect((await domain.call("GET", `/follows/${one}`)).body).toEqual({ userId: one, followers: 1, following: 0 });
  });

  it("are of one kind at a time, and R-SVC-4 the field is named", async () => {
    const answer = await domain.call<Refusal>("GET", "/feed?scope=own&user=1", { as: owner });
    expect([answer.status, answer.body.errors[0]?.path]).toEqual([400, "/query/user"]);
  });
});

describe("R-SVC-1 one's own writing", () => {
  it("can be removed by its author alone", async () => {
    const { body } = await domain.call<{ post: Entry }>("POST", "/posts", { as: owner, body: { text: "hasty" } });
    const path = `/posts/${body.post.id}`;
    const comment = await domain.call<{ comment: { id: string } }>("POST", `${path}/comments`, { as: member, body: { text: "indeed" } });
    const commentPath = `${path}/comments/${comment.body.comment.id}`;
    expect(codeOf(await domain.call<Refusal>("DELETE", commentPath, { as: stranger }))).toEqual([404, "comment-not-found"]);
    expect((await domain.call("DELETE", commentPath, { as: member })).status).toBe(200);
    expect((await domain.call("GET", path)).body["entry"]).toMatchObject({ comments: 0 });
    await domain.call("POST", `${path}/comments`, { as: member, body: { text: "again" } });
    await domain.call("POST", `${path}/like`, { as: member });
    expect(codeOf(await domain.call<Refusal>("DELETE", path, { as: stranger }))).toEqual([403, "not-yours"]);
    expect((await domain.call("DELETE", path, { as: owner })).status).toBe(200);
    expect((await domain.call("GET", path)).status).toBe(404);
  });

  it("does not include what was made from an event", async () => {
    const trade = { tradeId: "t", positionId: "p", userId: owner, symbol: "BTC/USD", direction: "LONG" as const, amount: "1", price: "1", quantity: "1", fee: "1" };
    const event = await domain.emit(tradeExecuted, trade);
    await domain.handled("social.trade-feed", event);
    expect(codeOf(await domain.call<Refusal>("DELETE", `/posts/${event.id}`, { as: owner }))).toEqual([403, "not-yours"]);
  });
});
