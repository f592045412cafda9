import type { ReadDelivery } from "./delivery.ts";

/** FNV-1a over UTF-16 code units, 32 bits: quick and evenly spread, which is all that is asked of it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * Spreads deliveries over up to `lanes` lists that can be handled at the same time: each keeps the order of what it got, and
 * an aggregate's events are all in one of them. Empty lists are left out.
 */
export function lanesOf<T extends { readonly delivery: ReadDelivery }>(wanted: readonly T[], lanes: number): readonly (readonly T[])[] {
  if (lanes === 1 || wanted.length < 2) return wanted.length === 0 ? [] : [wanted];
  const spread = Array.from({ length: lanes }, (): T[] => []);
  for (const one of wanted) {
    const { stream, event } = one.delivery;
    spread[hashOf(`${stream} ${event.aggregateId}`) % lanes]?.push(one);
  }
  return spread.filter((lane) => lane.length > 0);
}
