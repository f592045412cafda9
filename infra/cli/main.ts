import { endPrograms } from "../host/run.ts";
import { messageOf, UserError } from "../host/user-error.ts";
import type { Command } from "./command.ts";
import { commandHelp, overview } from "./help.ts";
import { interruptExpected } from "./interrupt.ts";
import { parseCall } from "./parse.ts";

const INTERRUPTED = 130;
/** What was started gets this long to end by itself. */
const END_MS = 5_000;

function explain(error: unknown): number {
  process.stderr.write(`astra: ${messageOf(error)}\n`);
  if (process.env["ASTRA_DEBUG"] === "1") console.error(error);
  else if (!(error instanceof UserError)) process.stderr.write("This was not foreseen. ASTRA_DEBUG=1 shows where it came from.\n");
  return error instanceof UserError ? error.exitCode : 1;
}

/** All commands; a rollback alone where that is asked for, since reading all the others' code takes longer than it does. */
async function commandsFor([word]: readonly string[]): Promise<readonly Command[]> {
  if (word === "rollback") return [(await import("./commands/rollback.ts")).rollbackCommand];
  return (await import("./commands.ts")).commands;
}

async function main(args: readonly string[]): Promise<number> {
  const commands = await commandsFor(args);
  const { command, help, invocation } = parseCall(args, commands);
  if (command === undefined || help) {
    process.stdout.write(`${command === undefined ? overview(commands) : commandHelp(command)}\n`);
    return 0;
  }
  return await command.run(invocation);
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    if (interruptExpected()) return;
    process.stderr.write("\nastra: interrupted. Nothing is lost; run the same command again and it finishes the job.\n");
    void endPrograms("SIGTERM", END_MS).then(() => process.exit(INTERRUPTED));
  });
// The reader of a pipe (`| head`) may have gone: that is no error of ours.
process.stdout.on("error", () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = explain(error);
}
