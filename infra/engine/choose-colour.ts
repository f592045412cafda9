import { UserError } from "../host/user-error.ts";
import { COLOURS, type Colour } from "../platform/workload.ts";

/** What is known of one colour before a deployment. */
export interface ColourState {
  /** It has containers. */
  readonly present: boolean;
  /** Every container that belongs to it is there and runs. */
  readonly complete: boolean;
  /** It was made from exactly what would be deployed now. */
  readonly current: boolean;
  /** Largest share that it really has of any workload; undefined: there is no traffic table. */
  readonly weight: number | undefined;
}

export type ColourStates = Readonly<Record<Colour, ColourState>>;

export function otherColour(colour: Colour): Colour {
  return colour === "blue" ? "green" : "blue";
}

/**
 * A colour that takes requests is never replaced. One that is incomplete cannot be relied on, and redoing it is the
 * repair; without a table a complete colour counts as taking requests.
 */
function takesTraffic(state: ColourState): boolean {
  return state.complete && (state.weight === undefined || state.weight > 0);
}

/**
 * Which colour a deployment goes to: the one that has this release already; else blue as the first; else the idle one.
 * @throws UserError when both colours take requests, or the one that was asked for does.
 */
export function chooseColour(states: ColourStates, wanted?: Colour): Colour {
  if (wanted !== undefined) {
    const state = states[wanted];
    if (takesTraffic(state) && !state.current)
      throw new UserError(
        `${wanted} takes requests, and a colour that does is never replaced.\n` +
          `Deploy the other one: ./astra up --colour ${otherColour(wanted)}`,
      );
    return wanted;
  }
  const current = COLOURS.filter((colour) => states[colour].current);
  const serving = current.find((colour) => takesTraffic(states[colour]));
  const [first] = current;
  if (first !== undefined) return serving ?? first;
  const free = COLOURS.filter((colour) => !takesTraffic(states[colour]));
  if (free.length === 0)
    throw new UserError(
      "Both colours take requests, so there is no idle one to deploy to.\n" +
        "Take one down first, the other takes over: ./astra down blue (or green)",
    );
  // An interrupted or failed deployment is finished before a new colour is begun.
  return free.find((colour) => states[colour].present && !states[colour].complete) ?? free[0] ?? "blue";
}
