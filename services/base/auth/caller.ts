/** What a user may do: players play, operators also run the platform. */
export const ROLES = ["player", "operator"] as const;

export type Role = (typeof ROLES)[number];

/** Who makes a request. */
export interface Caller {
  readonly userId: number;
  readonly role: Role;
  /** The log-in that the token belongs to; absent where none was sent, and in tokens of versions before there were any. */
  readonly sessionId?: string;
}

/** The role of a claim; what is unknown or absent may do no more than a player. */
export function roleOf(claim: unknown): Role {
  return ROLES.find((role) => role === claim) ?? "player";
}
