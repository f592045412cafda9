import type { Action, Wish } from "./actions/action.ts";
import { at } from "./actions/action.ts";
import { chooseAction } from "./choose.ts";
import { habitOf } from "./habits.ts";
import { nameOfFailure, outcomeOf, retryAfterSeconds } from "./outcome.ts";
import { Person } from "./person.ts";
import { SeededRandom } from "./random.ts";
import type { Sender } from "./sender.ts";
import type { Statistics } from "./statistics.ts";
import { type Turn, turns } from "./turns.ts";

/** Passwords that may be on their way at one time: the platform hashes two at a time, and people do not all come at once. */
const HASHING_AT_ONCE = 4;
/** Turns that are looked at for somebody who is free; the busy ones' turns are lost to others, as at a real desk. */
const LOOKED_AT = 200;

export interface CrowdOptions {
  readonly people: number;
  readonly seed: number;
  /** Makes names that no earlier run has taken: letters and digits. */
  readonly run: string;
  readonly sender: Pick<Sender, "send">;
  readonly statistics: Statistics;
  /** Milliseconds since 1970, by which tokens expire. */
  readonly now: () => number;
  /** Milliseconds since any moment, for times. */
  readonly ticks: () => number;
}

/** All players of a run. */
export class Crowd {
  readonly people: readonly Person[];
  readonly #options: CrowdOptions;
  readonly #turns: Generator<Turn, never>;
  readonly #underWay = new Set<Promise<void>>();
  #hashing = 0;
  /** Nobody comes to the door before then. */
  #doorOpensAtMs = 0;
  #heldBack = 0;
  #behind = 0;

  constructor(options: CrowdOptions) {
    const { people, seed, run } = options;
    const random = new SeededRandom(seed);
    this.#options = options;
    this.people = Array.from({ length: people }, (_, index) => new Person({ seed, index, run, habit: habitOf(random) }));
    this.#turns = turns(this.people.map(({ habit }) => habit), random);
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#underWay.size;
  }

  /** How many have an account. */
  get registered(): number {
    return this.people.filter(({ userId }) => userId !== undefined).length;
  }

  /** Requests that were due and not sent, since all who could have made them had been told to wait. */
  get heldBack(): number {
    return this.#heldBack;
  }

  /** Requests that were due and not sent, since everybody still waited for an answer. */
  get behind(): number {
    return this.#behind;
  }

  /** Has whoever is next do something. @param dueMs When, in ticks: the request's time counts from there. */
  click(dueMs: number): void {
    const nowMs = this.#options.now();
    let told = false;
    for (let look = 0; look < LOOKED_AT; look += 1) {
      const { person: index, opens } = this.#turns.next().value;
      const person = this.people[index];
      if (person === undefined) continue;
      if (opens) person.returns = true;
      if (person.busy) continue;
      const mayHash = this.#hashing < HASHING_AT_ONCE && nowMs >= this.#doorOpensAtMs;
      const action = chooseAction(person, { nowMs, mayHash });
      if (action !== undefined) return this.#start(person, action, dueMs);
      told = true;
    }
    if (told) this.#heldBack += 1;
    else this.#behind += 1;
  }

  /** Waits for what is under way, at most so long; whether all of it ended. */
  async settle(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
    const ended = await Promise.race([Promise.all(this.#underWay).then(() => true), tooLate]);
    clearTimeout(timer);
    return ended;
  }

  #start(person: Person, action: Action, dueMs: number): void {
    person.busy = true;
    if (action.hashes === true) this.#hashing += 1;
    const work = this.#perform(person, action, dueMs).finally(() => {
      person.busy = false;
      if (action.hashes === true) this.#hashing -= 1;
      this.#underWay.delete(work);
    });
    this.#underWay.add(work);
  }

  async #perform(person: Person, action: Action, dueMs: number): Promise<void> {
    const { sender, statistics, now, ticks } = this.#options;
    const wish = action.wish(person);
    try {
      const { status, body, retryAfter } = await sender.send({
        method: wish.method,
        path: `/api/v1/${wish.path}`,
        headers: headersOf(person, action, wish),
        body: wish.body === undefined ? undefined : JSON.stringify(wish.body),
        wantsBody: wish.learn !== undefined,
      });
      const code = at(body, "code");
      const outcome = outcomeOf(status, typeof code === "string" ? code : undefined);
      statistics.add({ action: action.name, outcome, code: String(status), elapsedMs: ticks() - dueMs });
      if (outcome === "ok") wish.learn?.(body, now());
      else if (outcome === "limited") this.#wait(person, action, retryAfterSeconds(retryAfter) * 1000);
      else wish.unlearn?.();
    } catch (error) {
      statistics.add({ action: action.name, outcome: "failed", code: nameOfFailure(error), elapsedMs: ticks() - dueMs });
    }
  }

  /** Does as it was told: this person leaves the service alone, and where it was the door, everybody does. */
  #wait(person: Person, action: Action, ms: number): void {
    const untilMs = this.#options.now() + ms;
    person.awayFrom.set(action.service, untilMs);
    if (action.hashes === true) this.#doorOpensAtMs = Math.max(this.#doorOpensAtMs, untilMs);
  }
}

function headersOf(person: Person, action: Action, wish: Wish): Record<string, string> {
  const token = action.hashes === true || action.name === "refresh" ? undefined : person.session?.token;
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(wish.body === undefined ? {} : { "content-type": "application/json" }),
    ...wish.headers,
  };
}
