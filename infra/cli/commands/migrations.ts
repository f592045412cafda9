import { join } from "node:path";
import { takeLock } from "../../engine/lock.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { currentTraffic } from "../../engine/traffic.ts";
import { recorded } from "../../history/record.ts";
import type { Container } from "../../host/containers.ts";
import { environmentFolder } from "../../host/paths.ts";
import { UserError } from "../../host/user-error.ts";
import { schemaRecords, waitingSteps, type SchemaRecords } from "../../migrations/records.ts";
import { runAgain } from "../../migrations/run-again.ts";
import { COLOURS, type Colour } from "../../platform/workload.ts";
import { colourWeight } from "../../rollout/table-change.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { Progress } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { openSession, type Session } from "../session.ts";

const JOB = "migrate";

/** Every schema on a line: how many steps it has, the last one, and what waits. */
export function migrationLines(records: readonly SchemaRecords[], colour: Colour | undefined): readonly string[] {
  const rows = records.map((each) => {
    const waiting = colour === undefined ? [] : waitingSteps([each], colour);
    return [each.schema, String(each.steps.size), [...each.steps.keys()].at(-1) ?? "-", waiting.length === 0 ? "-" : waiting.map(({ migration }) => migration).join(", ")];
  });
  const table = [["SCHEMA", "APPLIED", "LAST", "WAITS (CONTRACT)"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** The colour that has all requests; undefined where both have some. */
async function servingColour(session: Session): Promise<Colour | undefined> {
  const table = await currentTraffic(session.config.targets.foundation.settings);
  const serving = COLOURS.filter((colour) => table !== undefined && colourWeight(table.weights, colour) > 0);
  return serving.length === 1 ? serving[0] : undefined;
}

async function contract(session: Session, colour: Colour | undefined, containers: readonly Container[], run: (job: Container) => ReturnType<typeof runAgain>, progress: Progress): Promise<void> {
  const suffix = environmentSuffix(session.environment);
  if (colour === undefined)
    throw new UserError(`Both colours take requests, so the older release still needs what a contract step removes. First: ./astra rollout blue (or green)${suffix}`);
  const job = containers.find((container) => container.colour === colour && container.workload === JOB);
  if (job === undefined) throw new UserError(`The migration job of ${colour} is not there any more. ./astra up${suffix} brings it back.`);
  const { ok, lines } = await progress.step(`migrations of ${colour}`, async () => await run(job));
  for (const line of lines.filter((each) => /applied|waits|FAILED/.test(each))) progress.note(`  ${line}`);
  if (!ok) throw new UserError("Not every schema is up to date, see above. What could not be applied was left as it was.");
}

async function migrations(invocation: Invocation): Promise<number> {
  const progress = new Progress();
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  return await withRuntime(settings, async (runtime) => {
    const colour = await servingColour(session);
    if (invocation.on("contract")) {
      const lock = await takeLock(join(environmentFolder(session.environment), "lock"), "migrations --contract");
      try {
        await recorded(settings, "migrate", colour === undefined ? {} : { colour }, async () =>
          await contract(session, colour, await runtime.containers(), async (job) => await runAgain(session.config.targets[colour ?? "foundation"].settings, runtime, job), progress),
        );
      } finally {
        lock.release();
      }
    }
    const records = await schemaRecords(settings, runtime);
    for (const line of migrationLines(records, colour)) progress.note(line);
    if (colour !== undefined && waitingSteps(records, colour).length > 0)
      progress.note(`What waits is applied once no release runs that lacks it: take the other colour down, then ./astra migrations --contract${environmentSuffix(session.environment)}`);
    return 0;
  });
}

export const migrationsCommand: Command = {
  name: "migrations",
  summary: "Show each schema's migrations and what waits; --contract applies what waits.",
  details: [
    "",
    "`expand` steps are applied by `up` before a colour's services start. `contract` steps take away what older code uses:",
    "they wait until no release runs that lacks them, and are then applied by --contract, or by the next `up`.",
    "After one of them, or a step that declares `reversible: false`, an older release cannot come back: a rollout that",
    "fails then is frozen where it stands instead of taken back, and says what to do.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    contract: { type: "boolean", help: "apply the contract steps that wait, where no older release runs" },
  },
  run: migrations,
};
