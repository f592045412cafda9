import { Type } from "typebox";

/** A user: integer from 1000, or a seeded demo user below. */
export const UserId = Type.Integer({ minimum: 1 });
/** UUIDv7 of anything that is not a user. */
export const Id = Type.String({ minLength: 1, maxLength: 64 });
/** Exact decimal as a string; may be negative. */
export const Amount = Type.String({ pattern: "^-?\\d+(\\.\\d+)?$", maxLength: 64 });
/** `BTC/USD`. */
export const AssetSymbol = Type.String({ minLength: 1, maxLength: 32 });
export const Direction = Type.Union([Type.Literal("LONG"), Type.Literal("SHORT")]);
/** ISO 8601, UTC. */
export const Instant = Type.String({ minLength: 20, maxLength: 30 });
