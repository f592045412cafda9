import { expect, test } from "vitest";
import type { EventsReport, GroupReport } from "../../infra/events/report.ts";
import { dockerOrFail } from "../../infra/host/docker.ts";
import { waitFor } from "../support/wait-for.ts";
import { astra, astraOk } from "./astra.ts";

const STREAM = "events:trading";
const GROUP = "social.trade-feed";
const OLD = "social.of-an-older-release";

/** What an operator does about events, on a platform that runs; afterwards nothing of it is left. */
export function eventsTests({ environment }: { readonly environment: string }): void {
  const here = ["--environment", environment];
  const report = async (): Promise<EventsReport> => JSON.parse(await astraOk("events", ...here, "--json")) as EventsReport;
  const group = async (name: string): Promise<GroupReport | undefined> => (await report()).groups.find((one) => one.group === name);
  const redis = async (...command: readonly string[]): Promise<string> =>
    await dockerOrFail(["exec", `astra-${environment}-redis-1`, "sh", "-c", 'REDISCLI_AUTH=$(cat /run/secrets/redis) exec redis-cli "$@"', "redis-cli", ...command]);
  const dead = async (count: number): Promise<GroupReport> =>
    await waitFor(`${count} dead letters of ${GROUP}`, async () => {
      const found = await group(GROUP);
      return found?.deadLetters === count ? found : undefined;
    });

  test("shows a dead letter, gives it to its group again, and gives it up for good (R-EVT-3)", async () => {
    expect((await report()).groups.filter(({ state, activeConsumers }) => state !== "known" || activeConsumers === 0)).toEqual([]);
    await redis("XADD", STREAM, "*", "event", "no event", "group", GROUP);
    await dead(1);
    // Nobody else's: it names its group.
    expect((await report()).groups.filter(({ deadLetters }) => deadLetters > 0).map((one) => one.group)).toEqual([GROUP]);
    const screen = await astraOk("events", ...here);
    expect(screen).toMatch(new RegExp(`\\d+-\\d+ +${GROUP.replace(".", "\\.")}`));
    expect(screen).toContain("./astra events replay");
    const newest = async () => (await report()).newestDeadLetters.filter((letter) => letter.group === GROUP);
    const [first] = await newest();

    // It is no event still.
    expect(await astraOk("events", "replay", ...here, "--group", GROUP)).toContain(`Replayed 1: ${GROUP} 1.`);
    await waitFor("the letter to come back", async () => {
      const [letter] = await newest();
      return letter !== undefined && letter.id !== first?.id ? true : undefined;
    });
    const [letter] = await newest();
    const given = await astraOk("events", "discard", ...here, "--id", letter?.id ?? "", "--reason", "planted by a test", "--yes");
    expect(given).toContain(`Discarded 1: ${GROUP} 1.`);
    await dead(0);
    const logged = await waitFor("the reason in the log", async () => {
      const lines = await astraOk("logs", "social", ...here, "--json");
      return lines.includes("planted by a test") ? lines : undefined;
    });
    expect(logged).toContain("dead letter was discarded by an operator");
  });

  test("takes a group off its stream that no release runs any more, and no other (R-EVT-3)", async () => {
    await redis("XGROUP", "CREATE", STREAM, OLD, "$");
    expect(await group(OLD)).toMatchObject({ state: "retired", streams: [STREAM] });
    expect((await astra("events", "remove", ...here, "--group", GROUP)).output).toContain("is one that this release runs");
    expect(await astraOk("events", "remove", ...here, "--group", OLD)).toContain(`Removed ${OLD} from ${STREAM}.`);
    expect(await group(OLD)).toBeUndefined();
  });
}
