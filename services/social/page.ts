import { encodeCursor } from "./cursor.ts";

/** A page and the way to the next one. */
export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/**
 * Cuts rows to a page.
 *
 * @param rows up to `limit + 1` rows in order: the one too many tells that there is a next page
 */
export function pageOf<T extends { readonly id: string }>(rows: readonly T[], limit: number): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null };
}
