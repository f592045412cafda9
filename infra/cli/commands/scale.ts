import { join } from "node:path";
import type { EngineName } from "../../engine/engine.ts";
import { takeLock } from "../../engine/lock.ts";
import { environmentConfig } from "../../engine/model.ts";
import { requireOwnContainers } from "../../engine/ownership.ts";
import { stackMembers } from "../../engine/plan.ts";
import { requireSameEngine, writeRecord, type EnvironmentRecord } from "../../engine/record.ts";
import { withRuntime } from "../../engine/runtime.ts";
import { currentTraffic, presentWeights } from "../../engine/traffic.ts";
import { recorded } from "../../history/record.ts";
import type { Container } from "../../host/containers.ts";
import { environmentFolder } from "../../host/paths.ts";
import { messageOf, UserError } from "../../host/user-error.ts";
import { MOST_INSTANCES } from "../../platform/defaults.ts";
import { COLOURS, type Colour } from "../../platform/workload.ts";
import { colourWeight } from "../../rollout/table-change.ts";
import { instancesOf } from "../../scale/instances.ts";
import { describeNumbers, parseNumbers, type Numbers } from "../../scale/numbers.ts";
import { scaledOverrides } from "../../scale/overrides.ts";
import { waitUntilRegistered } from "../../scale/registered.ts";
import { requireRoom, type Wish } from "../../scale/room.ts";
import { ENGINE_FLAG, ENVIRONMENT_FLAG, type Command, type Invocation } from "../command.ts";
import { formatDuration, Progress } from "../progress.ts";
import { environmentSuffix } from "../result.ts";
import { scalerOf, type ColourScaling, type Scaler } from "../scalers.ts";
import { chosenEngine, openSession, type Session } from "../session.ts";

interface Scaling {
  readonly session: Session;
  readonly record: EnvironmentRecord;
  readonly engine: EngineName;
  readonly containers: readonly Container[];
  readonly numbers: Numbers;
  /** Config with the new numbers in it. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly colours: readonly ColourScaling[];
  readonly progress: Progress;
}

const isUp = (container: Container): boolean => container.state === "running";

/** Colours that stand, or the one that was asked for. @throws UserError where there is nothing to scale. */
function standing(containers: readonly Container[], record: EnvironmentRecord | undefined, wanted: string | undefined, suffix: string): readonly Colour[] {
  const running = COLOURS.filter((colour) => stackMembers(containers, colour).some(isUp));
  const [some] = running;
  if (some === undefined) throw new UserError(`Nothing runs that could be scaled. Deploy first: ./astra up${suffix}`);
  if (record === undefined)
    throw new UserError(
      `This checkout has not deployed ${some} by ./astra. Deployed by plain Pulumi it is scaled so: pulumi config set --path astratrade:replicas.SERVICE NUMBER --stack ${some} && pulumi up --stack ${some}`,
    );
  const colours = running.filter((colour) => wanted === undefined || colour === wanted);
  if (colours.length === 0)
    throw new UserError(`${wanted ?? ""} does not run, ${some} does. To deploy it with more instances: ./astra up ${wanted ?? ""} --config ${wanted ?? ""}:replicas.SERVICE=NUMBER${suffix}`);
  return colours;
}

/**
 * Leaves out what the engine cannot scale.
 * @throws UserError where that takes requests: half of the way would be no help.
 */
async function possible({ session, containers, colours, progress }: Scaling, scaler: Scaler): Promise<readonly ColourScaling[]> {
  const table = await currentTraffic(session.config.targets.foundation.settings);
  const result: ColourScaling[] = [];
  for (const scaling of colours) {
    const refusal = await scaler.refusal(scaling);
    const colour: Colour = scaling.target.stack === "blue" ? "blue" : "green";
    if (refusal === undefined) result.push(scaling);
    else if (table === undefined || colours.length === 1 || colourWeight(presentWeights(table, containers), colour) > 0) throw new UserError(`Nothing was changed: ${refusal}`);
    else progress.note(`Without requests, so left as it is: ${refusal}`);
  }
  return result;
}

/** Gives one colour its instances, and waits until gateways know of them. */
async function scaleColour({ session, progress }: Pick<Scaling, "session" | "progress">, scaler: Scaler, scaling: ColourScaling): Promise<void> {
  const { settings, stack } = scaling.target;
  await scaler.scale(scaling);
  const place = session.config.targets.foundation.settings;
  await progress.step(`${stack}: registered, and balanced from now on`, async () => {
    await waitUntilRegistered(place, stack === "blue" ? "blue" : "green", scaling.numbers, settings.target === "kubernetes" ? "at least" : "exactly");
  });
}

async function carryOut(scaling: Scaling): Promise<void> {
  const { session, record, overrides, progress } = scaling;
  const scaler = await scalerOf(scaling.engine, session, progress);
  const colours = await possible(scaling, scaler);
  // Before it begins: what is interrupted is finished by the same command, and by `up`.
  await writeRecord(session.environment, { ...record, overrides });
  const begun: ColourScaling[] = [];
  try {
    for (const each of colours) {
      begun.push(each);
      await scaleColour(scaling, scaler, each);
    }
  } catch (error) {
    progress.note("It failed, so the numbers from before are put back.");
    await writeRecord(session.environment, record);
    for (const each of begun) {
      const target = session.config.targets[each.target.stack];
      const earlier = Object.fromEntries(Object.keys(each.numbers).map((service) => [service, target.settings.replicas[service] ?? 1]));
      try {
        await scaler.scale({ target, now: each.numbers, numbers: earlier });
      } catch (second) {
        progress.note(`${each.target.stack} could not be put back: ${messageOf(second)}`);
      }
    }
    throw error;
  }
}

/** What an autoscaler makes of the number. */
function autoscalerLines(colours: readonly ColourScaling[]): readonly string[] {
  const [first] = colours;
  if (first === undefined || first.target.settings.target !== "kubernetes") return [];
  const { autoscaling } = first.target.settings.kubernetes;
  return Object.entries(first.numbers).flatMap(([service, number]) => {
    const most = autoscaling[service];
    if (most === undefined) return [];
    return most > number
      ? [`${service}: the autoscaler chooses between ${number} and ${most} by load; astratrade:kubernetes.autoscaling.${service} is the most.`]
      : [`${service}: ${number} instances, and no autoscaler: astratrade:kubernetes.autoscaling.${service} is ${most}, which leaves it nothing to choose.`];
  });
}

async function scale(invocation: Invocation): Promise<number> {
  const numbers = parseNumbers(invocation.words);
  const progress = new Progress();
  const session = await openSession(invocation);
  const { settings } = session.config.targets.foundation;
  const suffix = environmentSuffix(session.environment);
  const { engine } = chosenEngine(invocation, session);
  requireSameEngine(session.environment, session.record, engine);
  const wanted = COLOURS.find((colour) => colour === invocation.text("colour"));
  const lock = await takeLock(join(environmentFolder(session.environment), "lock"), "scale");
  try {
    return await withRuntime(settings, async (runtime) => {
      const containers = await runtime.containers();
      requireOwnContainers(session.environment, engine, containers);
      const names = standing(containers, session.record, wanted, suffix);
      const wishes = names.map((colour): Wish => {
        const now = instancesOf(stackMembers(containers, colour).filter(isUp), Object.keys(numbers));
        return { colour, settings: session.config.targets[colour].settings, now, numbers };
      });
      const warning = await requireRoom(wishes, containers, runtime);
      if (warning !== undefined) progress.note(`Warning: ${warning}`);
      const overrides = scaledOverrides(session.config.overrides, numbers, wanted);
      const { targets } = environmentConfig(session.environment, overrides);
      const colours = wishes.map(({ colour, now }): ColourScaling => ({ target: targets[colour], now, numbers }));
      const record = session.record ?? { engine, overrides: {}, stacks: {} };
      const detail = wishes.map(({ colour, now }) => `${colour}: ${describeNumbers(now, numbers) || "as it was"}`).join("; ");
      await recorded(settings, "scale", { detail, ...(wanted === undefined ? {} : { colour: wanted }) }, async () =>
        await carryOut({ session, record, engine, containers, numbers, overrides, colours, progress }),
      );
      for (const line of autoscalerLines(colours)) progress.note(line);
      progress.note(`Scaled in ${formatDuration(progress.elapsedMs)}: ${detail}. Kept for the next \`./astra up\`. See: ./astra status${suffix}`);
      return 0;
    });
  } finally {
    lock.release();
  }
}

export const scaleCommand: Command = {
  name: "scale",
  summary: "Run more or fewer instances of a service, without a failed request.",
  words: { help: "SERVICE=NUMBER ...", max: 7 },
  details: [
    "",
    `NUMBER is 1 to ${MOST_INSTANCES}. It holds for both colours, so that a rollout or a rollback finds as many as before, and is kept for`,
    "later deployments; a colour that runs is scaled at once, of the release that it is. --colour takes one alone.",
    "First PostgreSQL's connections and the machine's memory are checked. New instances take requests once they are ready",
    "and in the registry; those that are too many finish what they have, and go. A failure puts the old numbers back.",
    "On a cluster with an autoscaler for the service NUMBER is the least that it may choose.",
  ],
  flags: {
    ...ENVIRONMENT_FLAG,
    ...ENGINE_FLAG,
    colour: { type: "string", value: "blue|green", choices: ["blue", "green"], help: "this colour only (default: both)" },
  },
  run: scale,
};
