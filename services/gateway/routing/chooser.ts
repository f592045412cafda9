import type { Clock } from "../../base/clock.ts";
import type { Colour } from "../../base/config.ts";
import type { SeenInstance, Takers } from "../../base/registry/view.ts";
import type { ColourWeights, TrafficTable } from "../../base/traffic/table.ts";
import { effectiveWeights, tableWeights } from "../../base/traffic/weights.ts";
import type { InstanceHealth } from "./instance-health.ts";
import { SmoothRoundRobin } from "./smooth-wrr.ts";

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
  /** Whether the circuit of a colour lets this request pass. @default always */
  readonly admits?: ((colour: Colour) => boolean) | undefined;
}

/** An instance; or `none`: nobody is left to ask; or `refused`: a circuit is open before those that are. */
export type Choice = SeenInstance | "none" | "refused";

interface Turn {
  readonly colours: SmoothRoundRobin<Colour>;
  readonly instances: SmoothRoundRobin<string>;
}

const COLOURS: readonly Colour[] = ["blue", "green"];
const itself = (colour: Colour): Colour => colour;
const nameOf = (instance: SeenInstance): string => instance.instance;

/**
 * Picks the instance for a request: the colour by the traffic table's weights, then the instance in turn. A colour of
 * which nobody listens any more counts as one without instances, so the other takes over before the registry knows. One
 * whose circuit is open gives its share to the other only where the table gives that one weight, too: what no
 * operator has let in gets no traffic because the rest is ill.
 */
export class InstanceChooser {
  readonly #discovery: Discovery;
  readonly #health: InstanceHealth;
  readonly #clock: Clock;
  readonly #turns = new Map<string, Turn>();

  constructor(discovery: Discovery, health: InstanceHealth, clock: Clock) {
    this.#discovery = discovery;
    this.#health = health;
    this.#clock = clock;
  }

  /** The instance to ask. Those that were taken out are asked only when nobody else is there. */
  choose(service: string, wish: Wish = {}): Choice {
    const takers = this.#discovery.takers(service);
    const weights = wish.colour === undefined ? this.#weights(service, takers) : only(wish.colour);
    let isRefused = false;
    const mayTake = (colour: Colour): boolean => {
      if (weights[colour] <= 0 || takers[colour].length === 0) return false;
      if (wish.admits === undefined || wish.admits(colour)) return true;
      isRefused = true;
      return false;
    };
    const open = { blue: mayTake("blue"), green: mayTake("green") };
    const untried = (instance: SeenInstance): boolean => !wish.tried?.has(instance.instance);
    const chosen =
      this.#pick(service, takers, weights, open, (instance) => untried(instance) && !this.#health.isOut(instance)) ??
      this.#pick(service, takers, weights, open, untried);
    return chosen ?? (isRefused ? "refused" : "none");
  }

  /** Whether the colour of an instance has another one in turn, which was not tried yet. */
  hasAnother(service: string, { instance, colour }: SeenInstance, tried: ReadonlySet<string>): boolean {
    return this.#discovery.takers(service)[colour].some((other) => other.instance !== instance && !tried.has(other.instance) && !this.#health.isOut(other));
  }

  /** Instances of a service and colour that take requests, by the registry. */
  peers(service: string, colour: Colour): readonly SeenInstance[] {
    return this.#discovery.takers(service)[colour];
  }

  #weights(service: string, takers: Takers): ColourWeights {
    const isThere = (instance: SeenInstance): boolean => !this.#health.isGone(instance);
    const live = { blue: takers.blue.some(isThere), green: takers.green.some(isThere) };
    // Where nobody listens at all, asking is the only way to find out who came back.
    const counted = live.blue || live.green ? live : { blue: takers.blue.length > 0, green: takers.green.length > 0 };
    return effectiveWeights(tableWeights(this.#discovery.table(), service), counted);
  }

  #pick(service: string, takers: Takers, weights: ColourWeights, open: Readonly<Record<Colour, boolean>>, fits: (instance: SeenInstance) => boolean): SeenInstance | undefined {
    const turn = this.#turnOf(service);
    const has = { blue: open.blue && takers.blue.some(fits), green: open.green && takers.green.some(fits) };
    const colour = turn.colours.pick(COLOURS, itself, (each) => (has[each] ? weights[each] : 0));
    if (colour === undefined) return undefined;
    const now = this.#clock.now();
    return turn.instances.pick(takers[colour], nameOf, (instance) => (fits(instance) ? instance.weight * this.#health.share(instance, now) : 0));
  }

  #turnOf(service: string): Turn {
    let turn = this.#turns.get(service);
    if (turn === undefined) this.#turns.set(service, (turn = { colours: new SmoothRoundRobin(), instances: new SmoothRoundRobin() }));
    return turn;
  }
}

function only(colour: Colour): ColourWeights {
  return colour === "blue" ? { blue: 100, green: 0 } : { blue: 0, green: 100 };
}
