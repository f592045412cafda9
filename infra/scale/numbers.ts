import { nearest } from "../config/suggest.ts";
import { UserError } from "../host/user-error.ts";
import { MOST_INSTANCES } from "../platform/defaults.ts";
import { allServices } from "../../services/catalogue.ts";

/** Instances by service. */
export type Numbers = Readonly<Record<string, number>>;

/** Exit code of a call that the command does not take. */
const USAGE = 2;

const names = allServices.map((service) => service.name);

function wrong(message: string): UserError {
  return new UserError(`${message} See ./astra scale --help.`, { exitCode: USAGE });
}

/**
 * Reads `user=2 trading=3`. A service takes 1 to 10 instances: none would be an outage, and more than ten the edge does
 * not find.
 * @throws UserError naming the word, what it takes, and what was probably meant.
 */
export function parseNumbers(words: readonly string[]): Numbers {
  if (words.length === 0) throw wrong("scale takes SERVICE=NUMBER, for example: ./astra scale user=2.");
  const numbers: Record<string, number> = {};
  for (const word of words) {
    const [, name = "", text = ""] = /^([^=]+)=(.*)$/.exec(word) ?? [];
    if (name === "") throw wrong(`"${word}" is not SERVICE=NUMBER, for example user=2.`);
    if (!names.includes(name)) {
      const meant = nearest(name, names);
      const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
      throw wrong(`"${name}" is no service that can be scaled. It takes ${names.join(", ")}.${hint}`);
    }
    const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= 1 && number <= MOST_INSTANCES)) throw wrong(`${name} takes 1 to ${MOST_INSTANCES} instances, not "${text}".`);
    if (name in numbers) throw wrong(`${name} is given twice.`);
    numbers[name] = number;
  }
  return numbers;
}

/** `user 1 -> 2, nft 2 -> 1`: what changes; empty where nothing does. */
export function describeNumbers(before: Numbers, after: Numbers): string {
  return Object.entries(after)
    .filter(([service, number]) => before[service] !== number)
    .map(([service, number]) => `${service} ${before[service] ?? 0} -> ${number}`)
    .join(", ");
}
