import { join } from "node:path";
import { holderOf } from "../../engine/lock.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { currentTraffic, updateTraffic } from "../../engine/traffic.ts";
import { recorded } from "../../history/record.ts";
import { operator } from "../../host/operator.ts";
import { environmentFolder } from "../../host/paths.ts";
import { UserError } from "../../host/user-error.ts";
import { decideRollback } from "../../rollout/rollback.ts";
import type { Colour } from "../../platform/workload.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { formatDuration, Progress } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { openSession } from "../session.ts";

/**
 * A rollout is overtaken, and ends by itself. Whatever builds or removes containers may be removing those that requests
 * would go back to.
 */
async function requireNoDeployment(environment: string): Promise<void> {
  const holder = await holderOf(join(environmentFolder(environment), "lock"));
  if (holder === undefined || holder.command.startsWith("rollout")) return;
  throw new UserError(
    `\`astra ${holder.command}\` is at work on this environment (process ${holder.pid}, since ${holder.since}); a rollback beside it could lead to what it removes.\n` +
      `Wait for it to end, or end it; if it is gone: ./astra unlock${environmentSuffix(environment)}`,
  );
}

async function rollback(invocation: Invocation): Promise<number> {
  const progress = new Progress();
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  await requireNoDeployment(session.environment);
  const given = invocation.text("reason");
  const reason = given ?? "rollback";
  const result = await withRuntime(settings, async (runtime) =>
    await recorded(settings, "rollback", given === undefined ? {} : { detail: given }, async (notes) => {
      // Side by side: each is a question to a process that is started for it.
      const [containers, before] = await Promise.all([runtime.containers(), currentTraffic(settings)]);
      if (before === undefined) throw new UserError("There is no traffic table: nothing runs here.");
      let colours: readonly Colour[] = [];
      let frozen: string | undefined;
      await updateTraffic(settings, (table) => {
        const decision = decideRollback({ table, containers, by: operator(), reason, force: invocation.on("force") });
        if ("refused" in decision) throw new UserError(decision.refused);
        if ("frozen" in decision) frozen = decision.frozen;
        else ({ colours } = decision);
        return decision.change;
      });
      if (frozen !== undefined) {
        notes.set({ outcome: "frozen" });
        return { colours, frozen, switchedMs: 0 };
      }
      const switchedMs = progress.elapsedMs;
      const [colour] = colours;
      if (colour !== undefined) {
        const version = containers.find((container) => container.colour === colour)?.version;
        notes.set({ colour, ...(version === undefined ? {} : { version }) });
      }
      return { colours, frozen, switchedMs };
    }),
  );
  if (result.frozen !== undefined) throw new UserError(result.frozen);
  progress.note(`Requests go to ${result.colours.join(" and ")} again, after ${formatDuration(result.switchedMs)}; the edge follows within 1.3 s.`);
  return 0;
}

export const rollbackCommand: Command = {
  name: "rollback",
  summary: "Give requests back to where they went before the last change, at once.",
  details: [
    "",
    "Nothing is built and nothing is waited for: the previous traffic table is put in force again. A rollout that is under",
    "way ends. Refused where a colour that would get requests is not complete and healthy. Where a migration cannot go back",
    "(./astra migrations), traffic is frozen where it is instead, unless --force is given.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    force: { type: "boolean", help: "go back although a migration says that the old release cannot serve any more" },
    reason: { type: "string", value: "TEXT", help: "why, for the history" },
  },
  run: rollback,
};
