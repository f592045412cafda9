import { describe, expect, it } from "vitest";
import { RecentAnswers } from "../../../../../services/gateway/proxy/recent-answers.ts";
import { FakeClock } from "../../base/fixtures.ts";

const TUNING = { maxAgeMs: 120_000, refreshMs: 1_000, maxEntries: 3, maxBytes: 100_000, maxAnswerBytes: 1_000 };

function setUp(changes: Partial<typeof TUNING> = {}) {
  const clock = new FakeClock();
  const answers = new RecentAnswers(clock, { ...TUNING, ...changes });
  const keyOf = (url: string, headers: Record<string, string> = {}, method = "GET") => answers.keyOf({ method, url, headers });
  const key = (url: string, headers: Record<string, string> = {}): string => keyOf(url, headers) ?? "none";
  const answer = (url: string, body = "good", headers: Record<string, string> = {}, status = 200): void => {
    const copy = answers.copy(key(url));
    copy?.begin(status, Object.entries(headers).flat());
    for (const letter of body) copy?.add(Buffer.from(letter));
    copy?.end();
  };
  const find = (url: string): string | undefined => answers.find(key(url))?.body.toString();
  return { clock, answers, keyOf, key, answer, find };
}

describe("recent answers (R-GW-4)", () => {
  it("are found with their age until they are too old", () => {
    const { answer, answers, clock, find, key } = setUp();
    answer("/a");
    clock.advance(120_000);
    expect(answers.find(key("/a"))).toMatchObject({ ageMs: 120_000 });
    clock.advance(1);
    expect(find("/a")).toBeUndefined();
    expect([answers.size, answers.bytes]).toEqual([0, 0]);
  });

  it("belong to whoever got them: token, user, cookie and kind of content are part of the key", () => {
    const { key } = setUp();
    const keys = [{}, { authorization: "Bearer a" }, { authorization: "Bearer b" }, { "x-user-id": "1" }, { "x-user-id": "2" }, { cookie: "a=1" }, { accept: "text/html" }].map((headers) => key("/a", headers));
    expect(new Set(keys).size).toBe(7);
  });

  it("keep no token and no cookie in memory", () => {
    const { key } = setUp();
    expect(key("/a", { authorization: "Bearer secret-token", cookie: "id=secret-cookie" })).not.toContain("secret");
  });

  it("are kept of plain reads only", () => {
    const { keyOf } = setUp();
    expect(keyOf("/a", {}, "POST")).toBeUndefined();
    expect(keyOf("/a", {}, "HEAD")).toBeUndefined();
    expect(keyOf("/a", { range: "bytes=0-1" })).toBeUndefined();
    expect(keyOf("/a", { "cache-control": "no-store" })).toBeUndefined();
  });

  it.each([
    ["a status other than 200", {}, 404],
    ["a cookie", { "set-cookie": "a=1" }, 200],
    ["no-store", { "cache-control": "max-age=0, no-store" }, 200],
    ["private", { "cache-control": "Private" }, 200],
    ["an unknown Vary", { vary: "accept, x-other" }, 200],
    ["Vary: *", { vary: "*" }, 200],
  ])("are not kept with %s", (_what, headers, status) => {
    const { answer, find } = setUp();
    answer("/a", "good", headers as Record<string, string>, status);
    expect(find("/a")).toBeUndefined();
  });

  it("are kept with a Vary that the key covers", () => {
    const { answer, find } = setUp();
    answer("/a", "good", { vary: "Accept-Encoding, Accept", "cache-control": "max-age=5" });
    expect(find("/a")).toBe("good");
  });

  it("are not kept when they are too large, announced or not", () => {
    const { answer, find } = setUp();
    answer("/a", "x".repeat(1_001));
    answer("/b", "x", { "content-length": "1001" });
    answer("/c", "x".repeat(1_000));
    expect([find("/a"), find("/b"), find("/c")?.length]).toEqual([undefined, undefined, 1_000]);
  });

  it("are not kept when they did not end", () => {
    const { answers, key, find } = setUp();
    const copy = answers.copy(key("/a"));
    copy?.begin(200, []);
    copy?.add(Buffer.from("half"));
    expect(find("/a")).toBeUndefined();
  });

  it("are copied again only after a second", () => {
    const { answer, answers, clock, key, find } = setUp();
    answer("/a", "first");
    expect(answers.copy(key("/a"))).toBeUndefined();
    clock.advance(1_000);
    answer("/a", "second");
    expect(find("/a")).toBe("second");
    expect(answers.size).toBe(1);
  });

  it("make room for new ones: the oldest go first, by number", () => {
    const { answer, answers, find } = setUp();
    for (const url of ["/a", "/b", "/c", "/d"]) answer(url);
    expect(["/a", "/b", "/c", "/d"].map(find)).toEqual([undefined, "good", "good", "good"]);
    expect(answers.size).toBe(3);
  });

  it("make room for new ones: one that was kept anew is not the oldest any more", () => {
    const { answer, answers, clock, find } = setUp();
    for (const url of ["/a", "/b", "/c"]) answer(url);
    clock.advance(1_000);
    answer("/a", "better");
    for (const url of ["/d", "/e"]) answer(url);
    expect(["/a", "/b", "/c", "/d", "/e"].map(find)).toEqual(["better", undefined, undefined, "good", "good"]);
    answer("/f");
    expect([find("/a"), find("/d"), answers.size]).toEqual(["better", undefined, 3]);
  });

  it("never need more bytes than they may, whatever is asked for", () => {
    const { answer, answers } = setUp({ maxEntries: 1_000, maxBytes: 10_000 });
    for (let number = 0; number < 200; number += 1) {
      answer(`/random/${number}`, "x".repeat(number));
      expect(answers.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(answers.size).toBeGreaterThan(3);
  });
});
