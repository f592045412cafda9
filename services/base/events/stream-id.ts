/** Id of a stream entry, `<milliseconds>-<sequence>`. */
export type StreamId = string;

/** Below every entry. */
export const STREAM_START: StreamId = "0-0";

function parts(id: StreamId): [bigint, bigint] {
  const [ms = "0", sequence = "0"] = id.split("-");
  return [BigInt(ms), BigInt(sequence)];
}

/** Negative where `a` was added before `b`. */
export function compareStreamIds(a: StreamId, b: StreamId): number {
  const [aMs, aSequence] = parts(a);
  const [bMs, bSequence] = parts(b);
  const difference = aMs === bMs ? aSequence - bSequence : aMs - bMs;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
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
  return Number(parts(id)[0]);
}
