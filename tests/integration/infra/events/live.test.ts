import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "../../../../infra/cli/commands.ts";
import { eventsWork } from "../../../../infra/cli/commands/events.ts";
import { parseCall } from "../../../../infra/cli/parse.ts";
import type { EventsReport, GroupReport } from "../../../../infra/events/report.ts";
import { tradeExecuted } from "../../../../services/base/events/catalogue/trading.ts";
import { EVENT_FIELD, streamOf } from "../../../../services/base/events/keys.ts";
import { financial } from "../../../../services/financial/service.ts";
import { type DomainService, startDomainService } from "../../../support/domain-service.ts";
import { waitFor } from "../../../support/wait-for.ts";

const GROUP = "financial.trade-revenue";
let domain: DomainService;

beforeAll(async () => {
  domain = await startDomainService(financial);
});
afterAll(async () => {
  await domain.stop();
});

/** What `./astra events` does with these arguments, on the Redis that a running service reads. */
const astraEvents = (...args: string[]) => eventsWork(parseCall(["events", ...args], commands).invocation)(domain.service.context.redis, "dev");

const report = async (): Promise<EventsReport> => (await astraEvents()).json as EventsReport;
const groupNamed = async (name: string): Promise<GroupReport | undefined> => (await report()).groups.find(({ group }) => group === name);
const deadLettersOf = async (name: string): Promise<number> => (await groupNamed(name))?.deadLetters ?? 0;

test("R-EVT-3 shows and replays dead letters, and removes retired groups, while a service reads and goes on", async () => {
  const stream = streamOf("trading");
  const { redis } = domain.service.context;
  await waitFor("a reader", async () => (((await groupNamed(GROUP))?.activeConsumers ?? 0) > 0 ? true : undefined));

  // A release that forgot a field: every group that wants the event puts it aside, and goes on.
  const trade = { tradeId: "t", positionId: "p", userId: 42, symbol: "BTC/USD", direction: "LONG" as const, amount: "10.00", price: "1", quantity: "1", fee: "0.10" };
  const poison = await domain.emit(tradeExecuted, { ...trade, fee: undefined } as never);
  const next = await domain.emit(tradeExecuted, trade);
  await domain.handled(GROUP, next);
  await waitFor("a dead letter", async () => ((await deadLettersOf(GROUP)) === 1 ? true : undefined));
  const screen = (await astraEvents()).lines.join("\n");
  expect(screen).toContain("./astra events replay");
  expect(screen).toMatch(new RegExp(`${GROUP.replace(".", "\\.")}\\s+trading\\.trade\\.executed`));

  // Replayed before its cause is gone, it comes back, once; the group that it is for alone has tried it.
  const before = await deadLettersOf("financial.kpis");
  expect((await astraEvents("replay", "--group", GROUP)).json).toEqual({ replayed: 1, groups: { [GROUP]: 1 }, unreadGroups: [] });
  await waitFor("the letter once more", async () => ((await deadLettersOf(GROUP)) === 1 ? true : undefined));
  expect(await deadLettersOf("financial.kpis")).toBe(before);

  // Put right by hand, as a release that fills the field in would see it: the replay takes effect.
  const mended = { ...poison, data: trade };
  await redis.xadd(stream, "*", EVENT_FIELD, JSON.stringify(mended));
  await domain.handled(GROUP, poison);

  await redis.xgroup("CREATE", stream, "financial.long-gone", "0-0");
  expect(await groupNamed("financial.long-gone")).toMatchObject({ state: "retired", removedBy: "./astra events remove --group financial.long-gone" });
  await expect(astraEvents("remove", "--group", GROUP)).rejects.toThrow("is one that this release runs");
  expect((await astraEvents("remove", "--group", "financial.long-gone")).lines).toEqual([`Removed financial.long-gone from ${stream}.`]);

  const after = await domain.emit(tradeExecuted, trade);
  await domain.handled(GROUP, after);
});
