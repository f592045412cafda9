import type { Habit } from "./habits.ts";
import { SeededRandom, seedOf } from "./random.ts";

/** The tokens of a log-in. */
export interface Session {
  readonly token: string;
  readonly refreshToken: string;
  /** By the generator's clock, ms. */
  readonly expiresAtMs: number;
}

/** Something that somebody wrote or did, as a feed shows it. */
export interface SeenEntry {
  readonly id: string;
  readonly userId: number;
}

/** Most things of one kind that a person keeps in mind. */
const MEMORY = 20;

/** One player: what the person is like, has, and has seen. It knows only what the platform answered to it. */
export class Person {
  readonly name: string;
  readonly password: string;
  readonly habit: Habit;
  readonly random: SeededRandom;
  /** Absent before the registration. */
  userId: number | undefined;
  session: Session | undefined;
  /** The next click begins a session: log-in or renewed tokens come first. */
  returns = true;
  readonly openPositions: string[] = [];
  readonly entries: SeenEntry[] = [];
  /** Tokens that may be offered for sale. */
  readonly unlisted: string[] = [];
  readonly listings: string[] = [];
  subscribed = false;
  /** A request is under way. */
  busy = false;
  /** Until when a service told it to stay away, by the generator's clock, ms. */
  readonly awayFrom = new Map<string, number>();

  constructor(options: { readonly seed: number; readonly index: number; readonly run: string; readonly habit: Habit }) {
    const { seed, index, run, habit } = options;
    this.name = `sim-${run}-${index}`;
    this.password = `simulated ${run} ${index}`;
    this.habit = habit;
    this.random = new SeededRandom(seedOf(seed, index));
  }

  /** Whether there is a token that holds for a while yet. */
  signedIn(nowMs: number): boolean {
    return this.session !== undefined && this.session.expiresAtMs - 10_000 > nowMs;
  }

  /** Whether a service may be asked again. */
  mayAsk(service: string, nowMs: number): boolean {
    return nowMs >= (this.awayFrom.get(service) ?? 0);
  }
}

/** Keeps something in mind, once, and forgets the oldest for it. */
export function remember<T>(list: T[], thing: T, isSame: (other: T) => boolean = (other) => other === thing): void {
  if (list.some(isSame)) return;
  list.push(thing);
  if (list.length > MEMORY) list.shift();
}

export function forget<T>(list: T[], thing: T): void {
  const index = list.indexOf(thing);
  if (index >= 0) list.splice(index, 1);
}
