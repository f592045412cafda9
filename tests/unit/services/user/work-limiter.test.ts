import { describe, expect, it } from "vitest";
import { QueueFull, WorkLimiter } from "../../../../services/user/work-limiter.ts";

/** Work that ends when the test says so. */
function gated() {
  const started: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<string>>();
  const work = (name: string) => () => {
    const gate = Promise.withResolvers<string>();
    gates.set(name, gate);
    started.push(name);
    return gate.promise;
  };
  return { started, work, gate: (name: string) => gates.get(name) };
}

describe("WorkLimiter", () => {
  it("runs no more at a time than it may, and the waiting ones in their order", async () => {
    const { started, work, gate } = gated();
    const limiter = new WorkLimiter({ concurrency: 2, maxQueued: 2 });
    const results = ["a", "b", "c", "d"].map((name) => limiter.run(work(name)));
    expect(started).toEqual(["a", "b"]);
    gate("b")?.resolve("b");
    await results[1];
    expect(started).toEqual(["a", "b", "c"]);
    gate("a")?.resolve("a");
    await results[0];
    expect(started).toEqual(["a", "b", "c", "d"]);
  });

  it("refuses work when as many as may wait are waiting", async () => {
    const { work } = gated();
    const limiter = new WorkLimiter({ concurrency: 1, maxQueued: 1 });
    void limiter.run(work("running"));
    void limiter.run(work("waiting"));
    await expect(limiter.run(work("too many"))).rejects.toThrow(QueueFull);
  });

  it("gives the place free when work fails", async () => {
    const { started, work, gate } = gated();
    const limiter = new WorkLimiter({ concurrency: 1, maxQueued: 1 });
    const failing = limiter.run(work("failing"));
    const next = limiter.run(work("next"));
    gate("failing")?.reject(new Error("broken"));
    await expect(failing).rejects.toThrow("broken");
    expect(started).toEqual(["failing", "next"]);
    gate("next")?.resolve("done");
    expect(await next).toBe("done");
  });
});
