/** Stream of a domain's events. */
export function streamOf(domain: string): string {
  return `events:${domain}`;
}

/** Stream of what some group could not handle, for an operator to look at and replay. */
export const DEAD_LETTERS = "events:dead";

/**
 * Dead letters that the stream holds, about: a broken release must not fill Redis. Every group's letters stand in its
 * domain's table `dead_letters` as well, so that none is lost when it drops out here.
 */
export const MAX_DEAD_LETTERS = 10_000;

/** Field of a stream entry that holds the envelope as JSON. */
export const EVENT_FIELD = "event";

/** Field that names the only group an entry is meant for: a replay must not reach the groups that had it long ago. */
export const GROUP_FIELD = "group";

/** Field beside it that tells the group to give a dead letter up for good; it holds why. */
export const DISCARD_FIELD = "discard";

/** Key that says which instance reads a group's events; it ends with its time. */
export function readerKey(group: string): string {
  return `events:reader:${group}`;
}
