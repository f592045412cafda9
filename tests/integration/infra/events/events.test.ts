import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { eventsWork } from "../../../../infra/cli/commands/events.ts";
import { parseCall } from "../../../../infra/cli/parse.ts";
import type { EventsReport, GroupReport } from "../../../../infra/events/report.ts";
import { DEAD_LETTERS, DISCARD_FIELD, EVENT_FIELD, GROUP_FIELD } from "../../../../services/base/events/keys.ts";
import { createRedis } from "../../../../services/base/redis/connection.ts";
import { createTestRedis, type TestRedis } from "../../../support/stores.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { silent } from "../../services/base/events/bus-process.ts";

const STREAM = "events:trading";
const GROUP = "social.trade-feed";

let container: TestRedis;
let redis: Redis;

beforeAll(async () => {
  container = await createTestRedis();
  const { host, port, password } = container;
  redis = createRedis({ host, port, password }, { name: "test" }, silent);
  await waitFor("redis", () => redis.ping());
});
beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await container.remove();
});

/** What `./astra events` prints with these arguments, as JSON. */
async function astraEvents(...args: string[]): Promise<unknown> {
  return (await eventsWork(parseCall(["events", ...args], commands).invocation)(redis, "dev")).json;
}

async function groupNamed(group: string): Promise<GroupReport | undefined> {
  return ((await astraEvents()) as EventsReport).groups.find((one) => one.group === group);
}

async function bury(group: string, event: string): Promise<string> {
  return (await redis.xadd(DEAD_LETTERS, "*", "group", group, "stream", STREAM, "event", event, "type", "trading.trade.executed", "deliveries", "5", "error", "ill")) ?? "";
}

test("every group is missing on an empty Redis", async () => {
  const report = (await astraEvents()) as EventsReport;
  expect(report.groups.length).toBeGreaterThan(0);
  expect(report.groups.every(({ state, lagSeconds }) => state === "missing" && lagSeconds === 0)).toBe(true);
});

test("unread and pending events show as age and number, and are gone once acknowledged (R-EVT-1)", async () => {
  // Ids are times: these events are of 1970, however fast the machine is.
  for (const id of ["1000-0", "2000-0", "3000-0"]) await redis.xadd(STREAM, id, EVENT_FIELD, "{}");
  await redis.xgroup("CREATE", STREAM, GROUP, "0-0");
  expect(await groupNamed(GROUP)).toMatchObject({ state: "known", streams: [STREAM], pending: 0, unread: 3, consumers: 0, activeConsumers: 0 });
  await redis.xreadgroup("GROUP", GROUP, "one", "COUNT", 2, "STREAMS", STREAM, ">");
  const reading = await groupNamed(GROUP);
  expect(reading).toMatchObject({ pending: 2, unread: 1, consumers: 1 });
  expect(reading?.lagSeconds).toBeGreaterThan(1_000_000_000);
  await redis.xreadgroup("GROUP", GROUP, "one", "STREAMS", STREAM, ">");
  await redis.xack(STREAM, GROUP, "1000-0", "2000-0", "3000-0");
  expect(await groupNamed(GROUP)).toMatchObject({ lagSeconds: 0, pending: 0, unread: 0 });
});

test("dead letters are counted by group, and a replay gives each to its own group once (R-EVT-3)", async () => {
  const id = await bury(GROUP, "first");
  await bury(GROUP, "second");
  await bury("social.gone", "third");
  expect(await groupNamed(GROUP)).toMatchObject({ deadLetters: 2 });
  expect(await astraEvents("replay", "--id", id)).toEqual({ replayed: 1, groups: { [GROUP]: 1 }, unreadGroups: [] });
  await expect(astraEvents("replay", "--id", id)).rejects.toThrow("There is no dead letter with the id");
  expect(await astraEvents("replay")).toEqual({ replayed: 1, groups: { [GROUP]: 1 }, unreadGroups: ["social.gone"] });
  expect((await redis.xrange(STREAM, "-", "+")).map(([, fields]) => fields)).toEqual([
    [EVENT_FIELD, "first", GROUP_FIELD, GROUP],
    [EVENT_FIELD, "second", GROUP_FIELD, GROUP],
  ]);
  expect(await redis.xlen(DEAD_LETTERS)).toBe(1);
});

test("dead letters are discarded one by one or by group, only with a reason, and each for its own group (R-EVT-3)", async () => {
  const id = await bury(GROUP, "first");
  await bury(GROUP, "second");
  await expect(astraEvents("discard", "--yes")).rejects.toThrow("Which dead letters?");
  await expect(astraEvents("discard", "--id", id, "--yes")).rejects.toThrow("Why? --reason TEXT");
  await expect(astraEvents("discard", "--id", id, "--reason", "planted")).rejects.toThrow("goes on only with --yes");
  await expect(astraEvents("replay", "--reason", "planted")).rejects.toThrow("--reason and --yes go with");
  expect(await redis.xlen(DEAD_LETTERS)).toBe(2);
  expect(await astraEvents("discard", "--id", id, "--reason", "planted", "--yes")).toEqual({ discarded: 1, groups: { [GROUP]: 1 }, unreadGroups: [] });
  expect(await astraEvents("discard", "--group", GROUP, "--reason", "never\nagain", "--yes")).toMatchObject({ discarded: 1 });
  expect(await astraEvents("discard", "--group", GROUP, "--reason", "planted", "--yes")).toMatchObject({ discarded: 0 });
  expect((await redis.xrange(STREAM, "-", "+")).map(([, fields]) => fields)).toEqual([
    [EVENT_FIELD, "first", GROUP_FIELD, GROUP, DISCARD_FIELD, "planted"],
    [EVENT_FIELD, "second", GROUP_FIELD, GROUP, DISCARD_FIELD, "never\nagain"],
  ]);
  expect(await redis.xlen(DEAD_LETTERS)).toBe(0);
});

test("a group that no release runs is named and removed; one that is read, or is in the catalogue, is not", async () => {
  for (const group of [GROUP, "social.old"]) await redis.xgroup("CREATE", STREAM, group, "0-0", "MKSTREAM");
  await redis.xgroup("CREATE", STREAM, "social.next", "0-0");
  await redis.xreadgroup("GROUP", "social.next", "one", "STREAMS", STREAM, ">");
  expect(await groupNamed("social.old")).toMatchObject({ state: "retired", removedBy: "./astra events remove --group social.old" });
  expect(await astraEvents("remove", "--group", "social.old")).toEqual({ removed: "social.old", streams: [STREAM] });
  expect(await groupNamed("social.old")).toBeUndefined();
  await expect(astraEvents("remove", "--group", GROUP)).rejects.toThrow("is one that this release runs");
  await expect(astraEvents("remove", "--group", "social.next")).rejects.toThrow("was read within the last minute");
});
