import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keepingLogs, keptLogs, linesOfKept, removedFolder } from "../../../../infra/logs/removed.ts";
import { containerOf } from "../../../support/containers.ts";
import { testStack } from "../../../support/platform-models.ts";
import { all } from "./log-lines.ts";

const containers = testStack("green").containers.filter((spec) => !spec.oneShot).map((spec) => containerOf(spec)).slice(0, 2);
const [first] = containers;
if (first === undefined) throw new Error("no containers");
const DAY_MS = 24 * 3_600_000;
const AT = new Date("2026-01-10T12:00:00Z");

describe("logs of containers that are removed (R-DEP-6)", () => {
  let stateFolder: string;
  beforeEach(async () => {
    stateFolder = await mkdtemp(join(tmpdir(), "astra-removed-"));
  });
  afterEach(async () => {
    await rm(stateFolder, { recursive: true });
  });

  /** Removes both containers; each says something before and while it ends. */
  async function remove(now: Date, lines: readonly string[] = ["2026-01-10T11:00:00.000000001Z before", "2026-01-10T12:00:01.000000001Z ending"]): Promise<void> {
    let isGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (isGone = resolve));
    const log = async function* (): AsyncGenerator<string> {
      yield lines[0] ?? "";
      await gone;
      yield* lines.slice(1);
    };
    await keepingLogs({ environment: "test", stack: "green", containers, log, now: () => now, stateFolder }, () => Promise.resolve(isGone()));
  }

  test("are kept to the last line, for their owner only", async () => {
    await remove(AT);
    const kept = await keptLogs("test", AT.getTime(), stateFolder);
    expect(kept.map(({ container }) => container.name)).toEqual(containers.map(({ name }) => name));
    for (const { file } of kept) {
      expect(await all(linesOfKept(file, undefined))).toEqual(["2026-01-10T11:00:00.000000001Z before", "2026-01-10T12:00:01.000000001Z ending"]);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
  });

  test("are shown from a moment on", async () => {
    await remove(AT);
    const [kept] = await keptLogs("test", AT.getTime(), stateFolder);
    expect(await all(linesOfKept(kept?.file ?? "", "2026-01-10T11:30:00.000Z"))).toEqual(["2026-01-10T12:00:01.000000001Z ending"]);
  });

  test("go after a week, and nothing else of the folder does", async () => {
    await remove(AT);
    await remove(new Date(AT.getTime() + 2 * DAY_MS));
    expect((await keptLogs("test", AT.getTime() + 6.9 * DAY_MS, stateFolder)).length).toBe(4);
    expect((await keptLogs("test", AT.getTime() + 7.1 * DAY_MS, stateFolder)).length).toBe(2);
    expect(await readdir(removedFolder("test", stateFolder))).toEqual(["20260112T120000000Z-green"]);
  });

  test("are read as far as they go when their writer was killed", async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `2026-01-10T11:00:00.00000${1000 + index}Z line ${index} ${Math.sin(index)}`);
    await remove(AT, lines);
    const [kept] = await keptLogs("test", AT.getTime(), stateFolder);
    const file = kept?.file ?? "";
    await truncate(file, Math.floor((await stat(file)).size / 2));
    const read = await all(linesOfKept(file, undefined));
    expect(read.length).toBeGreaterThan(100);
    expect(read.length).toBeLessThan(5_000);
    expect(read.slice(0, 100)).toEqual(lines.slice(0, 100));
  });

  test("do not keep a container from being removed when they cannot be read", async () => {
    const log = async function* (): AsyncGenerator<string> {
      await Promise.resolve();
      throw new Error("no such container");
    };
    const done = await keepingLogs({ environment: "test", stack: "green", containers: [first], log, stateFolder }, () => Promise.resolve("removed"));
    expect(done).toBe("removed");
    const [kept] = await keptLogs("test", Date.now(), stateFolder);
    expect(await all(linesOfKept(kept?.file ?? "", undefined))).toEqual([]);
  });

  test("are not asked for where nothing goes", async () => {
    const log = (): never => {
      throw new Error("asked");
    };
    await keepingLogs({ environment: "test", stack: "green", containers: [], log, stateFolder }, () => Promise.resolve());
    expect(await keptLogs("test", Date.now(), stateFolder)).toEqual([]);
  });
});
