import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { decodeCursor } from "./cursor.ts";
import { pageOf } from "./page.ts";
import { CommentSchema, EntryParamsSchema, EntrySchema, NextCursorSchema, PageQuerySchema, UserIdSchema } from "./schemas.ts";
import { feedPage, type FeedScope, findEntry } from "./store-feed.ts";
import { commentsPage } from "./store-interactions.ts";

/** What the platform shows when an id is no entry. */
export function entryNotFound(id: string): Problem {
  return new Problem({
    status: 404,
    code: "entry-not-found",
    title: "No such entry",
    detail: `The feed has no entry ${id}.`,
    errors: [{ path: "/params/id", message: "takes the id of a feed entry" }],
  });
}

function oneOfBoth(): Problem {
  return new Problem({
    status: 400,
    code: "validation-failed",
    title: "The request is not valid",
    errors: [{ path: "/query/user", message: "is for the global scope only" }],
  });
}

/** Reading: the feed, one entry, its comments. */
export function feedRoutes(app: ServiceApp, { database, auth, metrics }: ServiceContext): void {
  const feedRead = metrics.operation("feed-read");
  const feedScope = async (request: FastifyRequest, scope: string, user: number | undefined): Promise<FeedScope> => {
    if (scope === "following") return { of: "followed", followerId: await auth.requireUser(request) };
    if (scope === "own") return { of: "oneself", userId: await auth.requireUser(request) };
    return user === undefined ? { of: "everybody" } : { of: "user", userId: user };
  };

  app.get(
    "/feed",
    {
      schema: {
        summary: "News of all players, of one, of the caller, or of those whom the caller follows; newest first",
        querystring: Type.Object(
          {
            ...PageQuerySchema,
            user: Type.Optional(UserIdSchema),
            scope: Type.Enum(["global", "own", "following"], {
              default: "global",
              description: "`own`: the caller's, also in groups; `following`: of those whom the caller follows. Not together with `user`.",
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ entries: Type.Array(EntrySchema), nextCursor: NextCursorSchema }) },
      },
    },
    (request) =>
      feedRead.run(async () => {
        const { limit, cursor, user, scope } = request.query;
        if (user !== undefined && scope !== "global") throw oneOfBoth();
        const afterId = cursor === undefined ? undefined : decodeCursor(cursor);
        const whose = await feedScope(request, scope, user);
        const page = pageOf(await feedPage(database, { scope: whose, limit: limit + 1, afterId }), limit);
        return { entries: page.items, nextCursor: page.nextCursor };
      }),
  );

  app.get(
    "/posts/:id",
    {
      schema: {
        summary: "One entry of the feed",
        params: EntryParamsSchema,
        response: { 200: Type.Object({ entry: EntrySchema }) },
      },
    },
    async (request) => {
      const entry = await findEntry(database, request.params.id, await auth.userOf(request));
      if (entry === undefined) throw entryNotFound(request.params.id);
      return { entry };
    },
  );

  app.get(
    "/posts/:id/comments",
    {
      schema: {
        summary: "Comments on an entry of the feed, newest first",
        params: EntryParamsSchema,
        querystring: Type.Object(PageQuerySchema, { additionalProperties: false }),
        response: { 200: Type.Object({ comments: Type.Array(CommentSchema), nextCursor: NextCursorSchema }) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const { id } = request.params;
      const afterId = cursor === undefined ? undefined : decodeCursor(cursor);
      if ((await findEntry(database, id, await auth.userOf(request))) === undefined) throw entryNotFound(id);
      const page = pageOf(await commentsPage(database, id, limit + 1, afterId), limit);
      return { comments: page.items, nextCursor: page.nextCursor };
    },
  );
}
