import { ENGINE_TITLES, type StackKey } from "../../engine/engine.ts";
import { STACKS } from "../../engine/model.ts";
import { requireSameEngine } from "../../engine/record.ts";
import { dockerSocketFacts } from "../../host/docker-socket.ts";
import { engineMemoryBytes } from "../../host/docker.ts";
import { operator } from "../../host/operator.ts";
import { openCluster } from "../../kubernetes/kubectl.ts";
import { clusterFacts } from "../../kubernetes/render.ts";
import { missingOf } from "../../images/build.ts";
import { checkPlatform, denials } from "../../policy/check.ts";
import { compareRendered, readRendered, renderedPlatform } from "../../preview/from-rendered.ts";
import { previewMarkdown } from "../../preview/markdown.ts";
import { counts, critical, joined } from "../../preview/preview.ts";
import { savedPreview, writeSavedPreview } from "../../preview/saved.ts";
import { policyLines, previewText } from "../../preview/text.ts";
import { captureDecisive, reviewAdvice } from "../capture-preview.ts";
import { startInterval } from "../check-machine.ts";
import { CONFIG_FLAG, ENGINE_FLAG, ENVIRONMENT_FLAG, JSON_FLAG, type Command, type Invocation } from "../command.ts";
import { environmentViolations, memoryOfCluster } from "../policy.ts";
import { planImages } from "../prepare-images.ts";
import { previewOfMends, previewStack, stacksOfUp, type PreviewRequest } from "../preview-stacks.ts";
import { chosenEngine, openSession } from "../session.ts";
import { UsageError } from "../usage-error.ts";

const WORDS = ["dev", ...STACKS];

/** Exit code of a preview that is there to fail: what breaks a rule, or a change where there shall be none. */
const FOUND = 1;

/** Stack that a word names: `dev` is the foundation's name for Pulumi. */
function stackOf(word: string): StackKey {
  const stack = word === "dev" ? "foundation" : STACKS.find((name) => name === word);
  if (stack === undefined) throw new UsageError(`"${word}" is none of ${WORDS.join(", ")}. See ./astra preview --help.`);
  return stack;
}

function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Compares two folders that `./astra render` wrote. Needs no Docker, no state and no secret. */
async function compare(invocation: Invocation, base: string): Promise<number> {
  const [head] = invocation.words;
  if (head === undefined) throw new UsageError("--compare takes two folders: ./astra preview --compare BASE HEAD");
  const [before, after] = [await readRendered(base), await readRendered(head)];
  const preview = compareRendered(before, after);
  const violations = checkPlatform(renderedPlatform(after));
  if (invocation.on("json")) print(JSON.stringify({ counts: counts(preview.items), ...preview, policy: violations }, null, 2));
  else print(previewMarkdown(preview, violations));
  return denials(violations).length > 0 || (invocation.on("expect-no-changes") && preview.items.length > 0) ? FOUND : 0;
}

async function preview(invocation: Invocation): Promise<number> {
  const base = invocation.text("compare");
  if (base !== undefined) return await compare(invocation, base);
  const [word, surplus] = invocation.words;
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is one word too many. See ./astra preview --help.`);
  const only = word === undefined ? undefined : stackOf(word);
  const file = invocation.text("save");
  if (file !== undefined && only === "foundation") throw new UsageError("--save writes down what `up` would do, which is the foundation and a colour: leave the word out, or name a colour.");
  const session = await openSession(invocation);
  const { engine } = chosenEngine(invocation, session);
  requireSameEngine(session.environment, session.record, engine);
  const { target } = session.config.targets.foundation.settings;
  // Asked first: a cluster that does not answer is known before anything is bundled.
  if (target === "kubernetes") await openCluster(session.config.targets.foundation.settings);
  const { plan, images, grafana, jaeger } = await planImages(session);
  const facts =
    target === "kubernetes" ? clusterFacts(grafana, jaeger) : { startInterval: await startInterval(engine), grafana, jaeger, ...(await dockerSocketFacts()) };
  const request: PreviewRequest = { session, engine, facts, images };
  const stacks = only === undefined ? await stacksOfUp(request) : file === undefined ? [only] : (["foundation", only] as const);
  const previews = [];
  for (const stack of stacks) previews.push(await previewStack(request, stack));
  // `up` mends what stands beside it as well.
  if (only === undefined || file !== undefined) previews.push(...(await previewOfMends(request, previews)));
  const whole = joined(previews.map((each) => each.preview));
  const notes = previews.flatMap((each) => each.notes);
  const toBuild = (await missingOf(plan)).map((image) => image.reference);
  const violations = await environmentViolations(session.config, facts, images, target === "docker" ? engineMemoryBytes : memoryOfCluster);
  if (invocation.on("json")) {
    const document = {
      environment: session.environment,
      engine,
      stacks,
      counts: counts(whole.items),
      unchanged: whole.unchanged,
      critical: critical(whole.items).map((item) => item.name),
      items: whole.items,
      images: toBuild,
      policy: violations,
      notes,
    };
    print(JSON.stringify(document, null, 2));
  } else {
    print(`Environment ${session.environment}, ${stacks.join(" and ")}, by ${ENGINE_TITLES[engine]}: ${previewText(whole)}`);
    print("");
    for (const note of notes) print(note);
    print(toBuild.length === 0 ? "Images: all here." : `Images to build first: ${toBuild.join(", ")}`);
    for (const line of policyLines(violations)) print(line);
  }
  if (file !== undefined) {
    const decisive = await captureDecisive({ session, engine, facts, images, stacks });
    await writeSavedPreview(file, savedPreview(decisive, { savedAt: new Date().toISOString(), savedBy: operator(), items: whole.items }));
    if (!invocation.on("json")) print(reviewAdvice(file, session.environment));
  }
  return denials(violations).length > 0 || (invocation.on("expect-no-changes") && whole.items.length > 0) ? FOUND : 0;
}

export const previewCommand: Command = {
  name: "preview",
  summary: "Show what `up` would change, and which rules it would break; change nothing.",
  words: { help: "[dev|foundation|blue|green]", max: 2 },
  details: [
    "",
    "Without a word: the foundation and the colour that `up` would deploy. Replaced or removed stores come first, with",
    "what that interrupts. Exits with 1 when a rule of infra/policy forbids the deployment.",
    "",
    "--save FILE also writes down everything that decides this, for `./astra up --reviewed FILE`: that applies it only while",
    "program, config, images and what runs are still what was reviewed, and else names every difference. No secret is in it.",
    "",
    "--compare BASE HEAD compares two folders that `./astra render` wrote, and prints Markdown for a pull request.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...CONFIG_FLAG,
    ...ENGINE_FLAG,
    ...JSON_FLAG,
    "expect-no-changes": { type: "boolean", help: "exit with 1 when anything would change" },
    save: { type: "string", value: "FILE", help: "write it down, to be reviewed and applied: ./astra up --reviewed FILE" },
    compare: { type: "string", value: "BASE", help: "compare rendered folders: ./astra preview --compare BASE HEAD" },
  },
  run: preview,
};
