import { Type } from "typebox";
import { ENTRY_TYPES } from "./entry.ts";
import { PRIVACIES } from "./store-groups.ts";

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

const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

export const EntryParamsSchema = Type.Object({ id: Type.String({ pattern: UUID, description: "Id of a feed entry." }) });
export const CommentParamsSchema = Type.Object({ ...EntryParamsSchema.properties, commentId: Type.String({ pattern: UUID }) });
export const GroupParamsSchema = Type.Object({ id: Type.String({ pattern: UUID, description: "Id of a group." }) });

export const WriteSchema = Type.Object({ text: TextSchema, user_id: CallerSchema }, { additionalProperties: false });

/** Pages of users, in the order of their ids. */
export const UserPageQuerySchema = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0, description: "nextAfter of an earlier page." }),
  },
  { additionalProperties: false },
);
export const UserPageSchema = Type.Object({
  users: Type.Array(Type.Integer()),
  nextAfter: Type.Union([Type.Integer(), Type.Null()], { description: "Gets the next page; null on the last one." }),
});

export const GroupSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  privacy: Type.Enum(PRIVACIES),
  ownerId: Type.Integer(),
  members: Type.Integer(),
  member: Type.Boolean({ description: "Whether the caller is one." }),
  createdAt: Type.String(),
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
  groupId: Type.Optional(Type.String({ description: "Group that it was posted in." })),
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
