import { Type } from "typebox";
import { v7 as uuidv7 } from "uuid";
import { postCommented, postCreated, postLiked } from "../base/events/catalogue/social.ts";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { notYours } from "./group-problems.ts";
import { entryNotFound } from "./routes-feed.ts";
import { CommentParamsSchema, CommentSchema, EntryParamsSchema, EntrySchema, SIGNED_IN, WriteSchema } from "./schemas.ts";
import { insertEntry, removeEntry } from "./store-feed.ts";
import { addComment, addLike, countLike, lockEntry, removeComment, removeLike } from "./store-interactions.ts";

const RemovedSchema = Type.Object({ id: Type.String(), removed: Type.Literal(true) });
const LikeSchema = Type.Object({ postId: Type.String(), liked: Type.Boolean(), likes: Type.Integer() });

/** Writing: posts, comments, likes. The caller acts for itself alone. */
export function interactionRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, events, metrics, clock } = context;
  const operations = {
    post: metrics.operation("post"),
    comment: metrics.operation("comment"),
    like: metrics.operation("like"),
    unlike: metrics.operation("unlike"),
    removePost: metrics.operation("post-remove"),
    removeComment: metrics.operation("comment-remove"),
  };

  app.post(
    "/posts",
    {
      schema: {
        summary: "Writes a post",
        security: SIGNED_IN,
        body: WriteSchema,
        response: { 201: Type.Object({ post: EntrySchema }) },
      },
    },
    (request, reply) =>
      operations.post.run(async () => {
        const userId = await auth.requireUser(request, request.body.user_id);
        const now = clock.now();
        const entry = {
          id: uuidv7({ msecs: now }),
          type: "post" as const,
          userId,
          text: request.body.text,
          details: {},
          occurredAt: new Date(now).toISOString(),
        };
        await database.transaction(async (tx) => {
          await insertEntry(tx, entry);
          await events.publish(tx, postCreated, {
            aggregateId: entry.id,
            data: { postId: entry.id, userId },
          });
        });
        return reply.code(201).send({ post: { ...entry, likes: 0, comments: 0 } });
      }),
  );

  app.post(
    "/posts/:id/comments",
    {
      schema: {
        summary: "Comments on an entry of the feed",
        security: SIGNED_IN,
        params: EntryParamsSchema,
        body: WriteSchema,
        response: { 201: Type.Object({ comment: CommentSchema }) },
      },
    },
    (request, reply) =>
      operations.comment.run(async () => {
        const userId = await auth.requireUser(request, request.body.user_id);
        const postId = request.params.id;
        const now = clock.now();
        const comment = {
          id: uuidv7({ msecs: now }),
          userId,
          text: request.body.text,
          createdAt: new Date(now).toISOString(),
        };
        await database.transaction(async (tx) => {
          const entry = await lockEntry(tx, postId, userId);
          if (entry === undefined) throw entryNotFound(postId);
          await addComment(tx, postId, comment);
          await events.publish(tx, postCommented, {
            aggregateId: postId,
            data: { postId, commentId: comment.id, userId, authorId: entry.authorId },
          });
        });
        return reply.code(201).send({ comment });
      }),
  );

  app.post(
    "/posts/:id/like",
    {
      schema: {
        summary: "Likes an entry of the feed; a second time changes nothing",
        security: SIGNED_IN,
        params: EntryParamsSchema,
        response: { 200: LikeSchema },
      },
    },
    (request) =>
      operations.like.run(async () => {
        const userId = await auth.requireUser(request);
        const postId = request.params.id;
        return database.transaction(async (tx) => {
          const entry = await lockEntry(tx, postId, userId);
          if (entry === undefined) throw entryNotFound(postId);
          const { changed, first } = await addLike(tx, postId, userId, new Date(clock.now()));
          if (first) {
            await events.publish(tx, postLiked, {
              aggregateId: postId,
              data: { postId, userId, authorId: entry.authorId },
            });
          }
          return { postId, liked: true, likes: await countLike(tx, postId, changed ? 1 : 0) };
        });
      }),
  );

  app.delete(
    "/posts/:id/like",
    {
      schema: {
        summary: "Takes the caller's like back; a second time changes nothing",
        security: SIGNED_IN,
        params: EntryParamsSchema,
        response: { 200: LikeSchema },
      },
    },
    (request) =>
      operations.unlike.run(async () => {
        const userId = await auth.requireUser(request);
        const postId = request.params.id;
        return database.transaction(async (tx) => {
          if ((await lockEntry(tx, postId, userId)) === undefined) throw entryNotFound(postId);
          const { changed } = await removeLike(tx, postId, userId);
          return { postId, liked: false, likes: await countLike(tx, postId, changed ? -1 : 0) };
        });
      }),
  );

  app.delete(
    "/posts/:id",
    {
      schema: {
        summary: "Removes a post of the caller, with its comments and likes",
        security: SIGNED_IN,
        params: EntryParamsSchema,
        response: { 200: RemovedSchema },
      },
    },
    (request) =>
      operations.removePost.run(async () => {
        const userId = await auth.requireUser(request);
        const postId = request.params.id;
        await database.transaction(async (tx) => {
          const entry = await lockEntry(tx, postId, userId, true);
          if (entry === undefined) throw entryNotFound(postId);
          // What was made from an event is history and not one's own writing.
          if (entry.authorId !== userId || !entry.isPost) throw notYours("/params/id");
          await removeEntry(tx, postId);
        });
        return { id: postId, removed: true as const };
      }),
  );

  app.delete(
    "/posts/:id/comments/:commentId",
    {
      schema: {
        summary: "Removes a comment of the caller",
        security: SIGNED_IN,
        params: CommentParamsSchema,
        response: { 200: RemovedSchema },
      },
    },
    (request) =>
      operations.removeComment.run(async () => {
        const userId = await auth.requireUser(request);
        const { id: postId, commentId } = request.params;
        await database.transaction(async (tx) => {
          if ((await lockEntry(tx, postId, userId)) === undefined) throw entryNotFound(postId);
          if (!(await removeComment(tx, postId, commentId, userId))) throw commentNotFound(commentId);
        });
        return { id: commentId, removed: true as const };
      }),
  );
}

function commentNotFound(id: string): Problem {
  return new Problem({
    status: 404,
    code: "comment-not-found",
    title: "No such comment",
    detail: `There is no comment ${id} of yours on this entry.`,
    errors: [{ path: "/params/commentId", message: "takes the id of a comment that you wrote" }],
  });
}
