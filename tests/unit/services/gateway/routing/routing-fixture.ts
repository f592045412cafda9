import { NO_TAKERS, nextView, type SeenInstance } from "../../../../../services/base/registry/view.ts";
import type { Instance } from "../../../../../services/base/registry/instance.ts";
import { InstanceChooser, type Wish } from "../../../../../services/gateway/routing/chooser.ts";
import { InstanceHealth, type FailureKind } from "../../../../../services/gateway/routing/instance-health.ts";
import { FakeClock, instanceWith, tableWith } from "../../base/fixtures.ts";

export const BALANCE = { ejectAfter: 5, probeMs: 1_000, longestProbeMs: 30_000, slowStartMs: 10_000, firstTryMs: 1_000, retryPercent: 20, retriesPerSecond: 10 };

export const blue = (number: number, changes: Partial<Instance> = {}): Instance => instanceWith({ instance: `blue-${number}`, ...changes });
export const green = (number: number, changes: Partial<Instance> = {}): Instance => instanceWith({ instance: `green-${number}`, colour: "green", ...changes });

/** A gateway's routing over a registry that holds these instances of trading. */
export function routing(entries: readonly Instance[], weights = { blue: 100, green: 0 }) {
  const clock = new FakeClock();
  const said: string[] = [];
  const health = new InstanceHealth(clock, BALANCE, {
    ejected: ({ instance }, kind) => said.push(`${instance} out: ${kind}`),
    returned: ({ instance }) => said.push(`${instance} back`),
  });
  let view = nextView(entries, 0, clock.now(), undefined);
  const table = tableWith({ weights: { trading: weights } });
  const takersOf = (service: string) => view.takers.get(service) ?? NO_TAKERS;
  const chooser = new InstanceChooser({ takers: takersOf, table: () => table }, health, clock);
  const instance = (name: string): SeenInstance => {
    const seen = view.instances.get(name);
    if (seen === undefined) throw new Error(`no instance ${name}`);
    return seen;
  };
  return {
    clock,
    health,
    chooser,
    said,
    instance,
    /** The registry holds these now. */
    register: (now: readonly Instance[]) => (view = nextView(now, 0, clock.now(), view)),
    fail: (name: string, kind: FailureKind, times = 1) => {
      const failing = instance(name);
      for (let time = 0; time < times; time += 1) health.failed(failing, kind, takersOf("trading")[failing.colour]);
    },
    choose: (count: number, wish?: Wish): string[] =>
      Array.from({ length: count }, () => {
        const choice = chooser.choose("trading", wish);
        return typeof choice === "string" ? choice : choice.instance;
      }),
  };
}
