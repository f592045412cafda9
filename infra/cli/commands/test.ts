import { messageOf } from "../../host/user-error.ts";
import { checks } from "../../validation/checks.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { validationContext, type ValidationContext } from "../../validation/check.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { formatDuration, Progress } from "../progress.ts";
import { openSession } from "../session.ts";
import { UsageError } from "../usage-error.ts";

async function test(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  if (settings.target !== "docker" && invocation.on("disruptive"))
    throw new UsageError("--disruptive stops containers of this machine; on a cluster, stop pods by kubectl and watch ./astra status.");
  return await withRuntime(settings, async (runtime) => await runChecks({ ...validationContext(settings), fetch: runtime.fetch }, invocation));
}

async function runChecks(context: ValidationContext, invocation: Invocation): Promise<number> {
  const progress = new Progress();
  const chosen = checks.filter((check) => !check.disruptive || invocation.on("disruptive"));
  const failures: string[] = [];
  for (const check of chosen) {
    try {
      await progress.step(check.name, async () => await check.run(context), (detail) => detail);
    } catch (error) {
      progress.note(`                ${messageOf(error)}`);
      failures.push(check.name);
    }
  }
  const skipped = checks.length - chosen.length;
  progress.note("");
  if (skipped > 0 && !invocation.on("disruptive")) progress.note(`${skipped} checks that stop containers were left out: --disruptive runs them.`);
  progress.note(
    failures.length === 0
      ? `All ${chosen.length} checks passed in ${formatDuration(progress.elapsedMs)}.`
      : `${failures.length} of ${chosen.length} checks failed in ${formatDuration(progress.elapsedMs)}.`,
  );
  return failures.length === 0 ? 0 : 1;
}

export const testCommand: Command = {
  name: "test",
  summary: "Check the running platform: health, a trade and all that follows from it, metrics.",
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    disruptive: { type: "boolean", help: "also stop and start a service, and see the platform recover" },
  },
  run: test,
};
