/** Kinds of entries in the feed. */
export const ENTRY_TYPES = ["trade", "achievement", "nft", "post"] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];

/** An entry that is about to be written into the feed. */
export interface NewEntry {
  /** UUIDv7 of when it happened. */
  readonly id: string;
  readonly type: EntryType;
  /** Whose doing it is. */
  readonly userId: number;
  /** One line for people, or the text of a post. */
  readonly text: string;
  /** The same for programs; amounts are decimal strings. */
  readonly details: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  /** Group that it was posted in; absent: it is for everybody. */
  readonly groupId?: string;
}

/** An entry as it stands in the feed. */
export interface Entry extends NewEntry {
  readonly likes: number;
  readonly comments: number;
}
