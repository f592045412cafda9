import { describe, expect, test } from "vitest";
import type { ReadinessHost } from "../../../../infra/engine/readiness.ts";
import { watchStarts } from "../../../../infra/engine/start-watch.ts";
import type { Container } from "../../../../infra/host/containers.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";

const specs = testStack("blue").containers;

function standing(workload: string, more: Partial<Container> = {}): Container {
  const spec = specs.find((one) => one.workload === workload);
  if (spec === undefined) throw new Error(`blue has no ${workload}`);
  return { ...containerOf(spec), id: `new-${workload}`, ...more };
}

/** What the watch tells of a deployment whose containers are these, second by second. */
async function told(seconds: readonly (readonly Container[])[], before: readonly Container[] = []): Promise<{ texts: readonly string[]; names: readonly string[] }> {
  const over = new AbortController();
  const texts: string[] = [];
  let second = 0;
  const host: ReadinessHost = {
    inspect: (names) => Promise.resolve((seconds[second] ?? []).filter(({ name }) => names.includes(name))),
    probe: () => Promise.resolve(true),
    logs: () => Promise.resolve("its last words"),
    lastExitCode: () => Promise.resolve(137),
    now: () => second * 1_000,
    sleep: () => {
      second += 1;
      if (second >= seconds.length) over.abort();
      return Promise.resolve();
    },
  };
  const names = await watchStarts({ specs, before, tell: (text) => texts.push(text) }, host, over.signal);
  return { texts, names };
}

describe("while the engine is at work", () => {
  test("a new container that ends is told of once, with exit code and last lines (R-DEP-2)", async () => {
    const restarting = standing("nft", { state: "restarting", restarts: 1 });
    const { texts, names } = await told([[standing("user")], [standing("user"), restarting], [standing("user"), restarting]]);
    expect(names).toEqual([restarting.name]);
    expect(texts).toEqual([`${restarting.name} does not start: it ended and was started again 1 times, last with exit code 137. Its last 20 log lines:\nits last words`]);
  });

  test("one that the engine is about to replace is none of its business", async () => {
    const old = standing("nft", { id: "old", state: "exited" });
    expect((await told([[old]], [old])).texts).toEqual([]);
  });

  test("a job that has ended well has done what it shall", async () => {
    const job = specs.find((one) => one.oneShot);
    expect((await told([[standing(job?.workload ?? "", { state: "exited", exitCode: 0 })]])).texts).toEqual([]);
    expect((await told([[standing(job?.workload ?? "", { state: "exited", exitCode: 1 })]])).names).toHaveLength(1);
  });
});
