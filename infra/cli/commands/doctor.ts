import type { Finding } from "../../setup/check.ts";
import { examine } from "../../setup/checks.ts";
import { checkContext } from "../check-machine.ts";
import { CONFIG_FLAG, ENGINE_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { chosenEngine, openSession } from "../session.ts";

function line(finding: Finding): string {
  const text = `${finding.ok ? "ok  " : "FAIL"}  ${finding.check}: ${finding.detail}`;
  return finding.fix === undefined ? text : `${text}\n      fix: ${finding.fix}`;
}

async function doctor(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  const { engine, reason } = chosenEngine(invocation, session);
  process.stdout.write(`ok    Node.js: ${process.version}\nok    engine: ${engine}, because ${reason}\n`);
  const context = checkContext(session, engine, { repair: invocation.on("fix"), report: () => undefined });
  const ok = await examine(context, (finding) => process.stdout.write(`${line(finding)}\n`));
  return ok ? 0 : 1;
}

export const doctorCommand: Command = {
  name: "doctor",
  summary: "Check this machine and say what to do about what is wrong.",
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...ENGINE_FLAG,
    fix: { type: "boolean", help: "put right what can be: install and start Docker (as root on Debian or Ubuntu), file modes" },
  },
  run: doctor,
};
