import { nearest } from "../config/suggest.ts";
import { UserError } from "../host/user-error.ts";
import type { LetterSummary } from "./report.ts";

/** Which dead letters a replay or a discard is for; nothing given: all. */
export interface LetterWish {
  readonly group?: string | undefined;
  readonly id?: string | undefined;
}

export interface LetterPlan {
  readonly letters: readonly LetterSummary[];
  /** Groups of dead letters that stay, since no release reads for them: nobody would do what is asked. */
  readonly unreadGroups: readonly string[];
}

/**
 * Dead letters that a replay or a discard gives to their groups, oldest first. Those of groups that are not in the catalogue stay.
 * @throws UserError for a group or an id that there is not.
 */
export function planLetters(letters: readonly LetterSummary[], { group, id }: LetterWish, catalogue: readonly string[]): LetterPlan {
  if (group !== undefined && !catalogue.includes(group)) {
    const meant = nearest(group, catalogue);
    throw new UserError(
      `"${group}" is no consumer group of this release${meant === undefined ? "" : `; did you mean ${meant}?`}\n` +
        "What is given to a group that nobody reads for would be lost. Groups: ./astra events",
    );
  }
  const wanted = letters.filter((letter) => (group === undefined || letter.group === group) && (id === undefined || letter.id === id));
  if (id !== undefined && wanted.length === 0)
    throw new UserError(
      `There is no dead letter with the id ${id}${group === undefined ? "" : ` of group ${group}`}; it may have been replayed or discarded already.\nIds of those there are: ./astra events`,
    );
  return {
    letters: wanted.filter((letter) => catalogue.includes(letter.group)),
    unreadGroups: [...new Set(wanted.map((letter) => letter.group).filter((name) => !catalogue.includes(name)))].sort(),
  };
}
