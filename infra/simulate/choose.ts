import { accountActions, login, refresh, register } from "./actions/access.ts";
import type { Action } from "./actions/action.ts";
import { gamificationActions, marketActions, subscriptionActions } from "./actions/rewards.ts";
import { socialActions } from "./actions/social.ts";
import { tradingActions } from "./actions/trading.ts";
import type { Person } from "./person.ts";

const CLICKS: readonly Action[] = [
  ...tradingActions,
  ...socialActions,
  ...gamificationActions,
  ...marketActions,
  ...subscriptionActions,
  ...accountActions,
];

/** Every action, in the order of a report. */
export const ACTIONS: readonly Action[] = [register, login, refresh, ...CLICKS];

/** Of those who come back with a token that holds: how many renew it, as an app does; the others just go on. */
const RENEWS = 0.5;

export interface Circumstances {
  /** The generator's clock, ms. */
  readonly nowMs: number;
  /** Whether another password may be hashed now: a crowd at the door has to wait, and looks on meanwhile. */
  readonly mayHash: boolean;
}

/** How the person gets in; undefined where it is in already. */
function entrance(person: Person, nowMs: number): Action | undefined {
  if (person.userId === undefined) return register;
  if (person.session === undefined) return login;
  if (!person.signedIn(nowMs)) return refresh;
  return person.returns && person.random.chance(RENEWS) ? refresh : undefined;
}

/**
 * What the person does next; undefined where everything that it could do is at a service that told it to wait. Every
 * choice takes the same random numbers in the same circumstances, so that a seed gives the same people.
 */
export function chooseAction(person: Person, { nowMs, mayHash }: Circumstances): Action | undefined {
  const may = (action: Action): boolean => person.mayAsk(action.service, nowMs);
  const door = entrance(person, nowMs);
  if (door !== undefined && may(door) && (door.hashes !== true || mayHash)) return door;
  person.returns = false;
  const isIn = person.userId !== undefined && person.signedIn(nowMs);
  const possible = CLICKS.filter((action) => (action.signedIn !== true || isIn) && may(action) && (action.possible?.(person) ?? true));
  return possible.length === 0 ? undefined : person.random.weighted(possible);
}
