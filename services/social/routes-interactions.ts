import { Type } from "typebox";
import { v7 as uuidv7 } from "uuid";
import { postCommented, postCreated, postLiked, userFollowed } from "../base/events/catalogue/social.ts";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { entryNotFound } from "./routes-feed.ts";
import {
  CallerSchema,
  CommentSchema,
  EntryParamsSchema,
  EntrySchema,
  SIGNED_IN,
  TextSchema,
  UserIdSchema,
} from "./schemas.ts";
import { insertEntry } from "./store-feed.ts";
import { addComment, addFollow, addLike, countLike, lockEntry, removeFollow, removeLike } from "./store-interactions.ts";

const WriteSchema = Type.Object({ text: TextSchema, user_id: CallerSchema }, { additionalProperties: false });
const LikeSchema = Type.Object({ postId: Type.String(), liked: Type.Boolean(), likes: Type.Integer() });
const FollowParamsSchema = Type.Object({ userId: UserIdSchema });
const FollowSchema = Type.Object({ userId: Type.Integer(), following: Type.Boolean() });

/** Writing: posts, comments, likes, follows. The caller acts for itself alone. */
export function interactionRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, events, metrics, clock } = context;
  const operations = {
    post: metrics.operation("post"),
    comment: metrics.operation("comment"),
    like: metrics.operation("like"),
    unlike: metrics.operation("unlike"),
    follow: metrics.operation("follow"),
    unfollow: metrics.operation("unfollow"),
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
          const entry = await lockEntry(tx, postId);
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
          const entry = await lockEntry(tx, postId);
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
          if ((await lockEntry(tx, postId)) === undefined) throw entryNotFound(postId);
          const { changed } = await removeLike(tx, postId, userId);
          return { postId, liked: false, likes: await countLike(tx, postId, changed ? -1 : 0) };
        });
      }),
  );

  app.post(
    "/follows/:userId",
    {
      schema: {
        summary: "Follows a user; a second time changes nothing",
        security: SIGNED_IN,
        params: FollowParamsSchema,
        response: { 200: FollowSchema },
      },
    },
    (request) =>
      operations.follow.run(async () => {
        const followerId = await auth.requireUser(request);
        const followedId = request.params.userId;
        if (followerId === followedId) throw followsOneself();
        await database.transaction(async (tx) => {
          const { first } = await addFollow(tx, followerId, followedId, new Date(clock.now()));
          if (!first) return;
          await events.publish(tx, userFollowed, {
            aggregateId: String(followerId),
            data: { userId: followerId, followedId },
          });
        });
        return { userId: followedId, following: true };
      }),
  );

  app.delete(
    "/follows/:userId",
    {
      schema: {
        summary: "Follows a user no longer; a second time changes nothing",
        security: SIGNED_IN,
        params: FollowParamsSchema,
        response: { 200: FollowSchema },
      },
    },
    (request) =>
      operations.unfollow.run(async () => {
        const followerId = await auth.requireUser(request);
        await database.transaction((tx) => removeFollow(tx, followerId, request.params.userId));
        return { userId: request.params.userId, following: false };
      }),
  );
}

function followsOneself(): Problem {
  return new Problem({
    status: 422,
    code: "cannot-follow-oneself",
    title: "Nobody follows oneself",
    errors: [{ path: "/params/userId", message: "takes the id of another user" }],
  });
}
