import { otherColour } from "../engine/choose-colour.ts";
import { runtimeOf } from "../engine/runtime.ts";
import { stackMembers } from "../engine/plan.ts";
import { currentTraffic, presentWeights } from "../engine/traffic.ts";
import { colourWeight } from "../rollout/table-change.ts";
import type { Container } from "../host/containers.ts";
import type { HostFacts } from "../platform/host-facts.ts";
import type { Colour } from "../platform/workload.ts";
import { formatDuration, type Progress } from "./progress.ts";
import type { Session } from "./session.ts";
import { addresses } from "./urls.ts";

export interface Result {
  readonly session: Session;
  readonly colour: Colour;
  readonly containers: readonly Container[];
  readonly facts: HostFacts;
  readonly progress: Progress;
}

/** Flag that repeats the environment in a suggested command; empty for the usual one. */
export function environmentSuffix(environment: string): string {
  return environment === "dev" ? "" : ` --environment ${environment}`;
}

/** Who takes requests now, in one or two lines. */
async function trafficLines({ session, colour, containers }: Result): Promise<readonly string[]> {
  const other = otherColour(colour);
  const otherStands = stackMembers(containers, other).some((container) => container.state === "running");
  if (!otherStands) return [`All requests go to ${colour}.`];
  const table = await currentTraffic(session.config.targets.foundation.settings);
  const weight = table ? colourWeight(presentWeights(table, containers), colour) : 0;
  if (weight === 0)
    return [
      `${colour} stands by without requests; ${other} takes them all.`,
      `To let ${colour} take over: ./astra rollout ${colour}${environmentSuffix(session.environment)}`,
    ];
  return [`${colour} takes requests; ${other} stands beside it.`];
}

/** What a person needs to know once the platform is up. */
export async function printResult(result: Result): Promise<void> {
  const { session, facts, progress } = result;
  const { settings } = session.config.targets.foundation;
  const suffix = environmentSuffix(session.environment);
  const width = 12;
  progress.note("");
  const runtime = await runtimeOf(settings);
  const places = addresses(settings, facts, runtime.openedBy);
  for (const { name, url } of places) progress.note(`  ${name.padEnd(width)}  ${url}`);
  const openings = [...new Set(places.flatMap(({ openBy }) => openBy ?? []))];
  for (const command of openings) progress.note(`  opened by     ${command}`);
  progress.note("");
  for (const line of await trafficLines(result)) progress.note(line);
  if (settings.mode === "dev")
    progress.note("Log in: the demo user is X-User-ID: 123; or register at POST /api/v1/users/register.");
  if (facts.grafana)
    progress.note(`Grafana: user admin, password by: ${runtime.secretBy("grafana_admin", "grafana")}`);
  progress.note(`Test it: ./astra test${suffix}    Look at it: ./astra status${suffix}`);
  progress.note(`Ready in ${formatDuration(progress.elapsedMs)}.`);
}
