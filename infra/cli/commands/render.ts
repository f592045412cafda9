import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stackComposeYaml } from "../../compose/compose-engine.ts";
import { stackModel, STACKS } from "../../engine/model.ts";
import { PROJECT_ROOT } from "../../host/paths.ts";
import { imagePlan, imageReferences } from "../../images/plan.ts";
import { CONFIG_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { openSession } from "../session.ts";
import { UsageError } from "../usage-error.ts";

/** Group of the engine's socket in rendered files. Each machine has its own; `up` finds it out. */
const SOCKET_GROUP = 0;

async function render(invocation: Invocation): Promise<number> {
  const out = invocation.text("out");
  if (out === undefined) throw new UsageError("render needs --out DIR: the folder to write to.");
  const session = await openSession(invocation);
  const grafana = session.config.targets.foundation.settings.grafana === "on";
  const images = imageReferences(await imagePlan(PROJECT_ROOT, { optional: grafana }));
  await mkdir(resolve(out), { recursive: true });
  for (const stack of STACKS) {
    const model = stackModel(session.config.targets[stack], { startInterval: false, grafana, dockerSocketGid: SOCKET_GROUP }, images);
    const file = join(resolve(out), `compose.${stack}.yaml`);
    // Other checkouts render the same text, so that two of them can be compared.
    await writeFile(file, stackComposeYaml(model).replaceAll(PROJECT_ROOT, "."));
    process.stdout.write(`${file}\n`);
  }
  return 0;
}

export const renderCommand: Command = {
  name: "render",
  summary: "Write the platform as plain files, without deploying anything.",
  details: ["", "Needs no Docker. Host facts are the plainest: no start interval, Grafana only where config says `on`, and group 0 for the engine's socket."],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    target: { type: "string", value: "compose", choices: ["compose"], help: "what to write (default: compose)" },
    out: { type: "string", short: "o", value: "DIR", help: "folder to write to" },
  },
  run: render,
};
