import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import type { Limit } from "../../../../../services/gateway/limits/limit.ts";
import { Limiter } from "../../../../../services/gateway/limits/limiter.ts";
import type { Question, Reply, SharedWindows } from "../../../../../services/gateway/limits/shared-windows.ts";
import { FakeClock } from "../../base/fixtures.ts";

const USER: Limit = { scope: "user", key: "user:1", max: 200 };
const SERVICE: Limit = { scope: "service", key: "service:nft", max: 1000 };
const END = 1_700_000_060_000;

/** Lets everything pass and lends what is wished for. */
function generous(question: Question): Reply {
  return {
    verdicts: question.requests.map(() => 0),
    windows: question.keys.map(({ used, lease, wish }, position) => {
      const mine = used + lease + wish + question.requests.filter((keys) => keys.includes(position)).length;
      return { count: mine, mine, endsAtRedisMs: END, leftMs: 60_000, isNew: false };
    }),
  };
}

function setUp(answer: (question: Question) => Reply | Promise<Reply> = generous) {
  const questions: Question[] = [];
  const shared: SharedWindows = {
    ask: async (question) => {
      questions.push(question);
      return answer(question);
    },
    ping: () => Promise.reject(new Error("away")),
  };
  const limiter = new Limiter({ redis: {} as Redis, clock: new FakeClock(), deadlineMs: 5_000, shared });
  return { limiter, questions };
}

describe("the limiter (R-GW-5)", () => {
  it("asks once for all requests that arrive together", async () => {
    const { limiter, questions } = setUp();
    await Promise.all(Array.from({ length: 20 }, (_, index) => limiter.hit([{ ...USER, key: `user:${index}` }, SERVICE])));
    expect(questions).toHaveLength(1);
    expect(questions[0]?.keys).toHaveLength(21);
    expect(questions[0]?.requests).toHaveLength(20);
  });

  it("needs no question for what it holds on lease", async () => {
    const { limiter, questions } = setUp();
    for (let count = 0; count < 200; count += 1) await limiter.hit([USER, SERVICE]);
    expect(questions.length).toBeLessThan(12);
    expect(limiter.hit([USER])).not.toBeInstanceOf(Promise);
  });

  it("asks only for what it holds no lease of, which stays in use meanwhile", async () => {
    const { limiter, questions } = setUp();
    for (let count = 0; count < 20; count += 1) await limiter.hit([SERVICE]);
    const asked = limiter.hit([USER, SERVICE]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(questions.at(-1)).toMatchObject({ requests: [[0]], keys: [{ key: USER.key }] });
    expect(limiter.hit([SERVICE])).toMatchObject({ refusedBy: undefined, told: { count: 22 } });
    expect(await asked).toMatchObject({ refusedBy: undefined, told: { limit: { key: USER.key }, count: 1 } });
  });

  it("counts nobody under a lease whom the limit that was asked for refuses", async () => {
    const { limiter, questions } = setUp((question) => ({ ...generous(question), verdicts: question.requests.map(() => (question.keys[0]?.key === USER.key ? 1 : 0)) }));
    for (let count = 0; count < 20; count += 1) await limiter.hit([SERVICE]);
    expect(await limiter.hit([USER, SERVICE])).toMatchObject({ refusedBy: { limit: { key: USER.key } } });
    expect(questions.at(-1)?.keys).toHaveLength(1);
    expect(limiter.hit([SERVICE])).toMatchObject({ refusedBy: undefined, told: { count: 21 } });
  });

  it("gives back at once what others are short of", async () => {
    const { limiter, questions } = setUp();
    for (let count = 0; count < 3; count += 1) await limiter.hit([USER]);
    limiter.recall(USER.key);
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.resolve();
    expect(questions.at(-1)).toMatchObject({ requests: [], keys: [{ key: USER.key, used: 3, lease: 0, wish: 0 }] });
    expect(limiter.hit([USER])).toBeInstanceOf(Promise);
  });

  it("decides alone, and at once, while nobody answers", async () => {
    const { limiter } = setUp(() => Promise.reject(new Error("away")));
    expect(await limiter.hit([{ ...USER, max: 2 }])).toMatchObject({ source: "local", refusedBy: undefined });
    expect(limiter.isLocal).toBe(true);
    expect(limiter.hit([{ ...USER, max: 2 }])).toMatchObject({ source: "local", refusedBy: undefined });
    expect(limiter.hit([{ ...USER, max: 2 }])).toMatchObject({ refusedBy: { limit: { key: "user:1" }, count: 2 } });
    await limiter.stop();
  });

  it("says which limit refuses", async () => {
    const { limiter } = setUp((question) => ({ ...generous(question), verdicts: [2] }));
    expect(await limiter.hit([USER, SERVICE])).toMatchObject({ refusedBy: { limit: { key: "service:nft" } } });
  });

  it("asks again where others hold what is missing", async () => {
    let first = true;
    const { limiter, questions } = setUp((question) => {
      const verdicts = question.requests.map(() => (first ? -1 : 0));
      first = false;
      return { ...generous(question), verdicts };
    });
    expect(await limiter.hit([USER])).toMatchObject({ refusedBy: undefined, source: "shared" });
    expect(questions).toHaveLength(2);
  });

  it("counts nobody whom another limit refuses, also alone", async () => {
    const { limiter } = setUp(() => Promise.reject(new Error("away")));
    const full: Limit = { ...SERVICE, max: 1 };
    await limiter.hit([full]);
    expect(limiter.hit([{ ...USER, max: 1 }, full])).toMatchObject({ refusedBy: { limit: { key: "service:nft" } } });
    expect(limiter.hit([{ ...USER, max: 1 }])).toMatchObject({ refusedBy: undefined });
    await limiter.stop();
  });
});
