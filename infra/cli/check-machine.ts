import { findComposeTool } from "../compose/compose-tool.ts";
import type { EngineName } from "../engine/engine.ts";
import { knowsStartInterval } from "../engine/model.ts";
import { engineVersion } from "../host/docker.ts";
import { UserError } from "../host/user-error.ts";
import { publishedPorts } from "../platform/container.ts";
import { foundationWorkloads } from "../platform/platform.ts";
import type { CheckContext } from "../setup/check.ts";
import { requireMachine } from "../setup/checks.ts";
import type { Progress } from "./progress.ts";
import type { Session } from "./session.ts";

/** What the checks of this environment have to know. */
export function checkContext(
  session: Session,
  engine: EngineName,
  options: Pick<CheckContext, "repair" | "report">,
): CheckContext {
  const { settings } = session.config.targets.foundation;
  const workloads = foundationWorkloads(settings, { startInterval: false, grafana: settings.grafana !== "off", jaeger: settings.jaeger !== "off" });
  return {
    environment: session.environment,
    ports: workloads.flatMap((workload) => publishedPorts(workload, settings)),
    compose: engine === "compose",
    ...options,
  };
}

/**
 * Whether health checks may have a start interval on this machine.
 * @throws UserError when Docker does not answer.
 */
export async function startInterval(engine: EngineName): Promise<boolean> {
  const version = await engineVersion();
  if ("problem" in version) throw new UserError(`Docker engine: ${version.problem}`);
  const tool = engine === "compose" && version.major >= 25 ? await findComposeTool() : undefined;
  return knowsStartInterval(version.version, engine === "compose" ? (tool ?? { startInterval: false }) : undefined);
}

/**
 * Makes sure that the machine can carry the platform, as the first step of `up`.
 * @throws UserError naming the first thing that is wrong and what to do.
 */
export async function checkMachine(
  session: Session,
  engine: EngineName,
  progress: Progress,
): Promise<{ readonly startInterval: boolean }> {
  return await progress.step(
    "machine",
    async (report) => {
      const findings = await requireMachine(checkContext(session, engine, { repair: true, report }));
      return { startInterval: await startInterval(engine), findings };
    },
    ({ findings }) => findings.map((finding) => finding.check).join(", "),
  );
}
