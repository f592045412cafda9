import type { EventEnvelope } from "./envelope.ts";

/** Tells when events occurred, ms since 1970. A time that comes again is not read again: where much comes, many are of one millisecond. */
export function occurredAtReader(): (event: EventEnvelope) => number {
  let [text, ms] = ["", 0];
  return ({ occurredAt }) => {
    if (occurredAt !== text) [text, ms] = [occurredAt, Date.parse(occurredAt)];
    return ms;
  };
}
