import { describe, expect, test } from "vitest";
import type { Container } from "../../../../infra/host/containers.ts";
import { follow, readOn, type LogHost, type Positions } from "../../../../infra/logs/follow.ts";
import { ReorderBuffer } from "../../../../infra/logs/reorder.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";
import { all, from, lineOf, stamped } from "./log-lines.ts";

const [first, second] = testStack("blue").containers.filter((spec) => !spec.oneShot).map((spec) => containerOf(spec));
if (first === undefined || second === undefined) throw new Error("no containers");

/** Every sleep passes at once. */
function fastClock() {
  let now = 0;
  return { now: () => now, sleep: async (ms: number) => void (now += ms) };
}

describe("the buffer", () => {
  test("brings lines of several containers into order", async () => {
    const [end, buffer] = [new AbortController(), new ReorderBuffer(fastClock())];
    for (const second of [3, 1, 2]) await buffer.put(lineOf("nft", second, String(second)), end.signal);
    const lines = buffer.lines(end.signal);
    const texts = [await lines.next(), await lines.next(), await lines.next()].map(({ value }) => (value ? value.text : ""));
    expect(texts).toEqual(["1", "2", "3"]);
  });

  test("makes who brings more wait while nobody reads", async () => {
    const [end, buffer] = [new AbortController(), new ReorderBuffer(fastClock(), 2)];
    for (const second of [1, 2]) await buffer.put(lineOf("nft", second, String(second)), end.signal);
    let put = false;
    const third = buffer.put(lineOf("nft", 3, "3"), end.signal).then(() => (put = true));
    await Promise.resolve();
    expect(put).toBe(false);
    const lines = buffer.lines(end.signal);
    await lines.next();
    await lines.next();
    await third;
    expect(put).toBe(true);
  });

  test("ends with the signal", async () => {
    const [end, buffer] = [new AbortController(), new ReorderBuffer(fastClock())];
    const lines = all(buffer.lines(end.signal));
    end.abort();
    expect(await lines).toEqual([]);
  });
});

/** An engine whose logs and starts are given, and that remembers how it was asked. */
function fakeHost(containers: readonly Container[], logs: Readonly<Record<string, readonly (readonly string[])[]>>, starts: readonly string[]) {
  const asked: string[] = [];
  const runs = new Map<string, number>();
  const host: LogHost = {
    containers: () => Promise.resolve(containers),
    log: (container, options) => {
      asked.push(`${container} since ${options.since ?? "-"}`);
      const run = runs.get(container) ?? 0;
      runs.set(container, run + 1);
      return from(logs[container]?.[run] ?? []);
    },
    starts: () => from(starts),
  };
  return { host, asked };
}

async function followed(host: LogHost, known: readonly Container[], positions: Positions = new Map()) {
  const [end, buffer, changes] = [new AbortController(), new ReorderBuffer(fastClock()), [] as string[]];
  const request = {
    positions,
    known,
    since: "2026-01-31T12:00:00.000Z",
    wants: () => true,
    onChange: (container: Container, change: string) => changes.push(`${container.workload} ${change}`),
  };
  await follow(host, request, buffer, end.signal);
  const lines: string[] = [];
  for await (const line of buffer.lines(end.signal)) {
    lines.push(line.text);
    if (line.text === "last") end.abort();
  }
  return { lines, changes };
}

describe("following", () => {
  test("goes on after the last line that was shown, and does not show it again", async () => {
    const positions: Positions = new Map([[first.id, "2026-01-31T12:00:01.000000000Z"]]);
    const { host, asked } = fakeHost([first], { [first.name]: [[stamped(1, "shown"), stamped(2, "last")]] }, []);
    expect((await followed(host, [first], positions)).lines).toEqual(["last"]);
    expect(asked).toEqual([`${first.name} since 2026-01-31T12:00:01.000000000Z`]);
    expect(positions.get(first.id)).toBe("2026-01-31T12:00:02.000000000Z");
  });

  test("takes up a container that starts meanwhile, from its first line", async () => {
    const later = { ...second, state: "exited" };
    const { host, asked } = fakeHost([first, later], { [first.name]: [[stamped(1, "a")]], [second.name]: [[stamped(2, "last")]] }, [second.id]);
    const { lines, changes } = await followed(host, [first]);
    expect(lines).toEqual(["a", "last"]);
    expect(changes).toContain(`${second.workload} started`);
    expect(asked).toContain(`${second.name} since -`);
  });

  test("reads on when a container starts again while its last run is still being read", async () => {
    const { host } = fakeHost([first], { [first.name]: [[stamped(1, "before")], [stamped(1, "before"), stamped(3, "last")]] }, [first.id]);
    expect((await followed(host, [first])).lines).toEqual(["before", "last"]);
  });

  test("ignores containers that nobody asked for", async () => {
    const { host, asked } = fakeHost([first], { [first.name]: [[stamped(1, "last")]] }, ["another"]);
    await followed(host, [first]);
    expect(asked).toHaveLength(1);
  });
});

test("a read from the beginning leaves no position behind for a silent container", async () => {
  const positions: Positions = new Map();
  const { host } = fakeHost([first], {}, []);
  expect(await all(readOn(host, first, {}, positions, new AbortController().signal))).toEqual([]);
  expect(positions.size).toBe(0);
});
