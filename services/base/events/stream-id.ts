/** Id of a stream entry, `<milliseconds>-<sequence>`. */
export type StreamId = string;

/** Below every entry. */
export const STREAM_START: StreamId = "0-0";

/** Orders decimal numbers without sign and leading zeros by their digits: 64 bits do not fit into a number. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Negative where `a` was added before `b`. */
export function compareStreamIds(a: StreamId, b: StreamId): number {
  const aDash = a.indexOf("-");
  const bDash = b.indexOf("-");
  // Nearly all of a batch: as texts of one shape they are in the same order, and no parts of them have to be made.
  if (aDash === bDash && a.length === b.length) return a === b ? 0 : a < b ? -1 : 1;
  const byTime = compareDecimals(a.slice(0, aDash), b.slice(0, bDash));
  return byTime === 0 ? compareDecimals(a.slice(aDash + 1), b.slice(bDash + 1)) : byTime;
}

/** The earliest of several ids; absent for none. */
export function earliestStreamId(ids: readonly StreamId[]): StreamId | undefined {
  return ids.reduce<StreamId | undefined>(
    (least, id) => (least === undefined || compareStreamIds(id, least) < 0 ? id : least),
    undefined,
  );
}

/** When an entry was added, by Redis' clock, ms since 1970. */
export function streamIdTime(id: StreamId): number {
  return Number(id.slice(0, id.indexOf("-")));
}
