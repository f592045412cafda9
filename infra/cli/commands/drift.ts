import { DRIFT_FOUND, type DriftItem } from "../../drift/drift.ts";
import { driftOnDocker, knownStack, unknownStacks } from "../../drift/find.ts";
import { describeMend, driftText } from "../../drift/text.ts";
import { ENGINE_TITLES, type StackKey } from "../../engine/engine.ts";
import { STACKS } from "../../engine/model.ts";
import { requireSameEngine } from "../../engine/record.ts";
import { CONFIG_FLAG, ENGINE_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentSuffix } from "../result.ts";
import { chosenEngine, openSession } from "../session.ts";

const WORDS = ["all", "dev", ...STACKS];
/** Something stands of which nobody knows what it shall be. */
const UNKNOWN = 1;

/** Stacks that a word means: `dev` is the foundation's name for Pulumi. */
function stacksOf(word: string | undefined): readonly StackKey[] {
  return word === undefined || word === "all" ? STACKS : STACKS.filter((stack) => stack === (word === "dev" ? "foundation" : word));
}

interface Found {
  readonly items: readonly DriftItem[];
  readonly notes: readonly string[];
  /** Stacks that were looked at. */
  readonly stacks: readonly StackKey[];
  readonly isUnknown: boolean;
}

async function drift(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  const { engine } = chosenEngine(invocation, session);
  requireSameEngine(session.environment, session.record, engine);
  const wanted = stacksOf(invocation.words[0]);
  const targets = wanted.map((stack) => session.config.targets[stack]);
  const look = async (): Promise<Found> => {
    if (session.config.targets.foundation.settings.target === "kubernetes") {
      const { driftOnCluster } = await import("../../drift/on-cluster.ts");
      return await driftOnCluster(targets);
    }
    const known = (await Promise.all(targets.map(async (target) => await knownStack(engine, target)))).flatMap((one) => one ?? []);
    const unknown = await unknownStacks(session.environment, wanted, known);
    const notes = unknown.map((stack) => `${stack}: its last deployment did not end, or was made by an older ./astra; ./astra up finishes it.`);
    return {
      items: (await driftOnDocker(known)).flatMap((one) => one.items),
      notes,
      stacks: known.map(({ target }) => target.stack),
      isUnknown: unknown.length > 0,
    };
  };
  const { items, notes, stacks, isUnknown } = await look();
  if (invocation.on("json")) {
    const told = items.map((item) => ({ ...item, up: describeMend(item) }));
    process.stdout.write(`${JSON.stringify({ environment: session.environment, engine, stacks, drift: items.length, items: told, notes }, null, 2)}\n`);
  } else {
    const where = stacks.length === 0 ? "nothing stands" : stacks.join(", ");
    process.stdout.write(`Environment ${session.environment} (${where}), by ${ENGINE_TITLES[engine]}: ${driftText(items)}\n`);
    for (const note of notes) process.stdout.write(`${note}\n`);
    if (items.length > 0) process.stdout.write(`\nTo mend exactly this: ./astra up${environmentSuffix(session.environment)}\n`);
  }
  if (items.length > 0) return DRIFT_FOUND;
  return isUnknown ? UNKNOWN : 0;
}

export const driftCommand: Command = {
  name: "drift",
  summary: "Name what was changed or removed by hand on what is deployed; change nothing.",
  words: { help: "[foundation|blue|green|all]", max: 1, choices: WORDS },
  details: [
    "",
    "Compares containers, limits, networks, volumes, image tags and secret files with what was deployed, whatever the code",
    "has become since; not the traffic table, and no data. The next `up` mends exactly what is named.",
    "",
    `Exit codes: 0 no drift, ${DRIFT_FOUND} drift, ${UNKNOWN} it cannot be told.`,
  ],
  flags: { ...ENVIRONMENT_FLAG, ...CONFIG_FLAG, ...ENGINE_FLAG, ...JSON_FLAG },
  run: drift,
};
