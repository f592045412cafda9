import type { Container } from "../host/containers.ts";
import { keepingLogs } from "../logs/removed.ts";
import type { Engine, StackTarget } from "./engine.ts";
import { planStack, stackMembers } from "./plan.ts";
import { withRuntime } from "./runtime.ts";

async function removing(target: StackTarget, goes: (members: readonly Container[]) => readonly Container[], work: () => Promise<void>): Promise<void> {
  const { settings, stack } = target;
  // The foundation's containers are not releases: what they say belongs to no colour that somebody looks back at.
  if (stack === "foundation") return await work();
  await withRuntime(settings, async (runtime) => {
    const containers = goes(stackMembers(await runtime.containers(), stack));
    await keepingLogs({ environment: settings.environment, stack, containers, log: runtime.log }, work);
  });
}

/** The same engine, which keeps the logs of a colour's containers that it removes or replaces. */
export function keepingLogsOf(engine: Engine): Engine {
  return {
    name: engine.name,
    purge: async (targets, report) => await engine.purge(targets, report),
    remove: async (target, report) => await removing(target, (members) => members, async () => await engine.remove(target, report)),
    deploy: async (deployment, report) => {
      const work = async (): Promise<void> => await engine.deploy(deployment, report);
      // A cluster replaces pods one after the other, by its own plan.
      if (deployment.settings.target === "kubernetes") return await work();
      const replaced = (members: readonly Container[]): readonly Container[] => {
        const { changes, surplus } = planStack(deployment.containers, members);
        return members.filter(({ name }) => changes[name] === "replace" || surplus.includes(name));
      };
      await removing(deployment, replaced, work);
    },
  };
}
