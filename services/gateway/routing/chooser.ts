import type { Colour } from "../../base/config.ts";
import type { SeenInstance, Takers } from "../../base/registry/view.ts";
import type { TrafficTable } from "../../base/traffic/table.ts";
import { effectiveWeights, tableWeights } from "../../base/traffic/weights.ts";
import { SmoothRoundRobin } from "./smooth-wrr.ts";
import type { Suspects } from "./suspects.ts";

/** What the choice is made from: always the memory of this process. */
export interface Discovery {
  takers(service: string): Takers;
  table(): TrafficTable | undefined;
}

export interface Wish {
  /** Only this colour: an operator's private look. */
  readonly colour?: Colour | undefined;
  /** Instances that were tried for this request. */
  readonly tried?: ReadonlySet<string> | undefined;
}

interface Turn {
  readonly colours: SmoothRoundRobin<Colour>;
  readonly next: Record<Colour, number>;
}

/** Picks the instance for a request: the colour by the traffic table's weights, the instance in turn. */
export class InstanceChooser {
  readonly #discovery: Discovery;
  readonly #suspects: Suspects;
  readonly #turns = new Map<string, Turn>();

  constructor(discovery: Discovery, suspects: Suspects) {
    this.#discovery = discovery;
    this.#suspects = suspects;
  }

  /** The instance to ask; absent where none is left. Suspects are asked only when nobody else is there. */
  choose(service: string, wish: Wish = {}): SeenInstance | undefined {
    const takers = this.#discovery.takers(service);
    const untried = (instance: SeenInstance): boolean => !wish.tried?.has(instance.instance);
    return (
      this.#pick(service, takers, wish, (instance) => untried(instance) && !this.#suspects.has(instance.instance)) ??
      this.#pick(service, takers, wish, untried)
    );
  }

  #pick(service: string, takers: Takers, wish: Wish, fits: (instance: SeenInstance) => boolean): SeenInstance | undefined {
    const usable: Takers = { blue: takers.blue.filter(fits), green: takers.green.filter(fits) };
    const turn = this.#turnOf(service);
    const colour = wish.colour ?? this.#colour(service, turn, usable);
    if (colour === undefined) return undefined;
    const instances = usable[colour];
    const index = turn.next[colour];
    turn.next[colour] = (index + 1) % Math.max(1, instances.length);
    return instances[index % Math.max(1, instances.length)];
  }

  #colour(service: string, turn: Turn, usable: Takers): Colour | undefined {
    const live = { blue: usable.blue.length > 0, green: usable.green.length > 0 };
    if (!live.blue && !live.green) return undefined;
    const weights = effectiveWeights(tableWeights(this.#discovery.table(), service), live);
    return turn.colours.pick([
      { key: "blue", weight: weights.blue },
      { key: "green", weight: weights.green },
    ]);
  }

  #turnOf(service: string): Turn {
    let turn = this.#turns.get(service);
    if (turn === undefined) this.#turns.set(service, (turn = { colours: new SmoothRoundRobin(), next: { blue: 0, green: 0 } }));
    return turn;
  }
}
