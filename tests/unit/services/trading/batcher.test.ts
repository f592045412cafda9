import { describe, expect, it } from "vitest";
import { Batcher, type Result } from "../../../../services/trading/batcher.ts";

interface Item {
  readonly key: string;
  readonly text: string;
}

const item = (text: string, key = text): Item => ({ key, text });

/** A batcher whose batches end when the test says so. */
function held(options: { readonly most?: number; readonly maxWaiting?: number; readonly now?: () => number } = {}) {
  const batches: { readonly texts: readonly string[]; readonly end: (results?: readonly Result<string>[]) => void; readonly fail: (error: unknown) => void }[] = [];
  const batcher = new Batcher<Item, string>({
    ...options,
    keyOf: ({ key }) => key,
    work: (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          texts: items.map(({ text }) => text),
          end: (results = items.map(({ text }) => ({ value: `${text} done` }))) => resolve(results),
          fail: reject,
        });
      }),
  });
  return { batcher, batches };
}

const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

describe("R-SVC-1 a batcher", () => {
  it("does not let an item wait while nothing is under way", async () => {
    const { batcher, batches } = held();
    const done = batcher.submit(item("a"));
    await turn();
    expect(batches.map(({ texts }) => texts)).toEqual([["a"]]);
    batches[0]?.end();
    expect(await done).toBe("a done");
  });

  it("puts what comes in one turn together, and what comes meanwhile into the next batch", async () => {
    const { batcher, batches } = held();
    const first = [batcher.submit(item("a")), batcher.submit(item("b"))];
    await turn();
    const next = [batcher.submit(item("c")), batcher.submit(item("d"))];
    await turn();
    expect(batches.map(({ texts }) => texts)).toEqual([["a", "b"]]);
    batches[0]?.end();
    expect(await Promise.all(first)).toEqual(["a done", "b done"]);
    await turn();
    expect(batches.map(({ texts }) => texts)).toEqual([["a", "b"], ["c", "d"]]);
    batches[1]?.end();
    expect(await Promise.all(next)).toEqual(["c done", "d done"]);
  });

  it("never puts two with one key together, and keeps their order", async () => {
    const { batcher, batches } = held();
    const all = [item("a1", "a"), item("b1", "b"), item("a2", "a"), item("a3", "a"), item("b2", "b")].map((one) => batcher.submit(one));
    for (let at = 0; at < 3; at += 1) {
      await turn();
      batches[at]?.end();
    }
    await Promise.all(all);
    expect(batches.map(({ texts }) => texts)).toEqual([["a1", "b1"], ["a2", "b2"], ["a3"]]);
  });

  it("takes no more than it may at once", async () => {
    const { batcher, batches } = held({ most: 2 });
    const all = ["a", "b", "c"].map((text) => batcher.submit(item(text)));
    await turn();
    batches[0]?.end();
    await turn();
    batches[1]?.end();
    await Promise.all(all);
    expect(batches.map(({ texts }) => texts)).toEqual([["a", "b"], ["c"]]);
  });

  it("gives each item its own result or error", async () => {
    const { batcher, batches } = held();
    const all = Promise.allSettled([batcher.submit(item("a")), batcher.submit(item("b"))]);
    await turn();
    batches[0]?.end([{ error: new Error("not b's") }, { value: "fine" }]);
    expect(await all).toEqual([{ status: "rejected", reason: new Error("not b's") }, { status: "fulfilled", value: "fine" }]);
  });

  it("gives a failed batch's error to all in it, and goes on with the next", async () => {
    const { batcher, batches } = held();
    const all = Promise.allSettled([batcher.submit(item("a")), batcher.submit(item("b"))]);
    await turn();
    const next = batcher.submit(item("c"));
    batches[0]?.fail(new Error("away"));
    expect((await all).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await turn();
    batches[1]?.end();
    expect(await next).toBe("c done");
  });

  it("says so where an item got no result", async () => {
    const { batcher, batches } = held();
    const done = batcher.submit(item("a"));
    await turn();
    batches[0]?.end([]);
    await expect(done).rejects.toThrow("no result");
  });

  it("R-SVC-3 refuses what it cannot keep, as a busy database", async () => {
    const { batcher, batches } = held({ most: 1, maxWaiting: 2 });
    const under = batcher.submit(item("a"));
    await turn();
    const waiting = [batcher.submit(item("b")), batcher.submit(item("c"))];
    await expect(batcher.submit(item("d"))).rejects.toMatchObject({ status: 503, code: "database-busy" });
    for (let at = 0; at < 3; at += 1) {
      batches[at]?.end();
      await turn();
    }
    await Promise.all([under, ...waiting]);
  });

  it("R-SVC-3 refuses what has waited longer than a connection may be waited for, and goes on with the rest", async () => {
    let nowMs = 0;
    const { batcher, batches } = held({ now: () => nowMs });
    const under = batcher.submit(item("a"));
    await turn();
    const late = [batcher.submit(item("b")), batcher.submit(item("c"))];
    nowMs = 2_001;
    const soon = batcher.submit(item("d"));
    batches[0]?.end();
    expect(await under).toBe("a done");
    for (const one of late) await expect(one).rejects.toMatchObject({ status: 503, code: "database-busy" });
    await turn();
    expect(batches.map(({ texts }) => texts)).toEqual([["a"], ["d"]]);
    batches[1]?.end();
    expect(await soon).toBe("d done");
  });

  it("begins anew when all that waited was too late", async () => {
    let nowMs = 0;
    const { batcher, batches } = held({ now: () => nowMs });
    const under = batcher.submit(item("a"));
    await turn();
    const late = batcher.submit(item("b"));
    nowMs = 3_000;
    batches[0]?.end();
    await under;
    await expect(late).rejects.toMatchObject({ code: "database-busy" });
    const next = batcher.submit(item("c"));
    await turn();
    batches[1]?.end();
    expect(await next).toBe("c done");
  });
});
