import { Type } from "typebox";
import { v7 as uuidv7 } from "uuid";
import { postCreated } from "../base/events/catalogue/social.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { decodeCursor } from "./cursor.ts";
import { groupExists, groupNotFound, membersOnly } from "./group-problems.ts";
import { pageOf } from "./page.ts";
import {
  CallerSchema,
  EntrySchema,
  GroupParamsSchema,
  GroupSchema,
  NextCursorSchema,
  PageQuerySchema,
  SIGNED_IN,
  WriteSchema,
} from "./schemas.ts";
import { feedPage, insertEntry } from "./store-feed.ts";
import { addMember, findGroup, type Group, groupsPage, insertGroup, PRIVACIES } from "./store-groups.ts";

const NewGroupSchema = Type.Object(
  {
    name: Type.String({ minLength: 3, maxLength: 64, pattern: "^\\S([^\\u0000]*\\S)?$", description: "Unique without letter case." }),
    description: Type.Optional(Type.String({ maxLength: 500, pattern: "^[^\\u0000]*$" })),
    privacy: Type.Optional(Type.Enum(PRIVACIES)),
    user_id: CallerSchema,
  },
  { additionalProperties: false },
);

export function groupView(group: Group) {
  return { ...group, createdAt: group.createdAt.toISOString() };
}

/** Groups: making, finding, reading and posting. */
export function groupRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, events, metrics, clock } = context;
  const creation = metrics.operation("group-create");
  const posting = metrics.operation("group-post");

  app.post(
    "/groups",
    {
      schema: {
        summary: "Makes a group; the caller owns it",
        security: SIGNED_IN,
        body: NewGroupSchema,
        response: { 201: Type.Object({ group: GroupSchema }) },
      },
    },
    (request, reply) =>
      creation.run(async () => {
        const { name, description = "", privacy = "public", user_id } = request.body;
        const ownerId = await auth.requireUser(request, user_id);
        const now = clock.now();
        const group = { id: uuidv7({ msecs: now }), name, description, privacy, ownerId, createdAt: new Date(now) };
        await database.transaction(async (tx) => {
          if (!(await insertGroup(tx, group))) throw groupExists();
          await addMember(tx, group.id, ownerId, group.createdAt);
        });
        return reply.code(201).send({ group: groupView({ ...group, members: 1, member: true }) });
      }),
  );

  app.get(
    "/groups",
    {
      schema: {
        summary: "Groups that the caller may know of, newest first",
        querystring: Type.Object(
          { ...PageQuerySchema, mine: Type.Boolean({ default: false, description: "Only those that the caller is a member of." }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ groups: Type.Array(GroupSchema), nextCursor: NextCursorSchema }) },
      },
    },
    async (request) => {
      const { limit, cursor, mine } = request.query;
      const userId = mine ? await auth.requireUser(request) : await auth.userOf(request);
      const afterId = cursor === undefined ? undefined : decodeCursor(cursor);
      const page = pageOf(await groupsPage(database, { userId, mine, limit: limit + 1, afterId }), limit);
      return { groups: page.items.map(groupView), nextCursor: page.nextCursor };
    },
  );

  app.get(
    "/groups/:id",
    { schema: { summary: "One group", params: GroupParamsSchema, response: { 200: Type.Object({ group: GroupSchema }) } } },
    async (request) => {
      const group = await findGroup(database, request.params.id, await auth.userOf(request));
      if (group === undefined) throw groupNotFound(request.params.id);
      return { group: groupView(group) };
    },
  );

  app.get(
    "/groups/:id/feed",
    {
      schema: {
        summary: "What was posted in a group, newest first",
        params: GroupParamsSchema,
        querystring: Type.Object(PageQuerySchema, { additionalProperties: false }),
        response: { 200: Type.Object({ entries: Type.Array(EntrySchema), nextCursor: NextCursorSchema }) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { limit, cursor } = request.query;
      const afterId = cursor === undefined ? undefined : decodeCursor(cursor);
      if ((await findGroup(database, id, await auth.userOf(request))) === undefined) throw groupNotFound(id);
      const page = pageOf(await feedPage(database, { scope: { of: "group", groupId: id }, limit: limit + 1, afterId }), limit);
      return { entries: page.items, nextCursor: page.nextCursor };
    },
  );

  app.post(
    "/groups/:id/posts",
    {
      schema: {
        summary: "Writes a post in a group that the caller is a member of",
        security: SIGNED_IN,
        params: GroupParamsSchema,
        body: WriteSchema,
        response: { 201: Type.Object({ post: EntrySchema }) },
      },
    },
    (request, reply) =>
      posting.run(async () => {
        const userId = await auth.requireUser(request, request.body.user_id);
        const groupId = request.params.id;
        const now = clock.now();
        const entry = {
          id: uuidv7({ msecs: now }),
          type: "post" as const,
          userId,
          text: request.body.text,
          details: {},
          occurredAt: new Date(now).toISOString(),
          groupId,
        };
        await database.transaction(async (tx) => {
          const group = await findGroup(tx, groupId, userId);
          if (group === undefined) throw groupNotFound(groupId);
          if (!group.member) throw membersOnly();
          await insertEntry(tx, entry);
          await events.publish(tx, postCreated, { aggregateId: entry.id, data: { postId: entry.id, userId } });
        });
        return reply.code(201).send({ post: { ...entry, likes: 0, comments: 0 } });
      }),
  );
}
