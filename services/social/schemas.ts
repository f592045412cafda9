import { Type } from "typebox";
import { ENTRY_TYPES } from "./entry.ts";

/** Marks a route in the API document as one that asks who is calling. */
export const SIGNED_IN = [{ token: [] }];

export const UserIdSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** A caller may name itself in the body in mode `dev`; a token is compared with it everywhere. */
export const CallerSchema = Type.Optional(UserIdSchema);

/** One to 2,000 characters of which at least one can be seen. NUL is none: PostgreSQL does not store it. */
export const TextSchema = Type.String({ minLength: 1, maxLength: 2000, pattern: "^(?=[^\\u0000]*\\S)[^\\u0000]+$" });

export const PageQuerySchema = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  cursor: Type.Optional(Type.String({ maxLength: 100, description: "nextCursor of an earlier page." })),
};

export const EntryParamsSchema = Type.Object({
  id: Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description: "Id of a feed entry." }),
});

export const EntrySchema = Type.Object({
  id: Type.String(),
  type: Type.Enum(ENTRY_TYPES),
  userId: Type.Integer(),
  text: Type.String(),
  details: Type.Record(Type.String(), Type.String(), {
    description: "What happened, for programs: of a trade its symbol, amount, price ...",
  }),
  likes: Type.Integer(),
  comments: Type.Integer(),
  occurredAt: Type.String(),
});

export const CommentSchema = Type.Object({
  id: Type.String(),
  userId: Type.Integer(),
  text: Type.String(),
  createdAt: Type.String(),
});

export const NextCursorSchema = Type.Union([Type.String(), Type.Null()], {
  description: "Gets the next page; null on the last one.",
});
