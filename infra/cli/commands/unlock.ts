import { join } from "node:path";
import { holderOf, releaseLock } from "../../engine/lock.ts";
import { recorded } from "../../history/record.ts";
import { environmentFolder } from "../../host/paths.ts";
import { UserError } from "../../host/user-error.ts";
import { ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { openSession } from "../session.ts";

async function unlock(invocation: Invocation): Promise<number> {
  const { environment, config } = await openSession(invocation);
  const file = join(environmentFolder(environment), "lock");
  const holder = await holderOf(file);
  if (holder !== undefined && !invocation.on("force"))
    throw new UserError(
      `\`astra ${holder.command}\` holds the lock and is at work (process ${holder.pid}, since ${holder.since}). End it, or take the lock away all the same: --force`,
    );
  const detail = holder === undefined ? "nobody held it" : `held by ${holder.command}, process ${holder.pid}`;
  await recorded(config.targets.foundation.settings, "unlock", { detail }, async () => await releaseLock(file));
  process.stdout.write(`Environment ${environment} is not locked: ${detail}.\n`);
  return 0;
}

export const unlockCommand: Command = {
  name: "unlock",
  summary: "Release the deployment lock of a command that hangs.",
  details: ["", "The lock of a command that was killed needs no release: the next command takes it over, and Pulumi's with it."],
  flags: { ...ENVIRONMENT_FLAG, force: { type: "boolean", help: "also while its holder is at work" } },
  run: unlock,
};
