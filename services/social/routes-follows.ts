import { Type } from "typebox";
import { userFollowed } from "../base/events/catalogue/social.ts";
import { Problem } from "../base/problem.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { SIGNED_IN, UserIdSchema, UserPageQuerySchema, UserPageSchema } from "./schemas.ts";
import { addFollow, followCounts, followedPage, followsEnough, MAX_FOLLOWED, removeFollow } from "./store-follows.ts";

const FollowParamsSchema = Type.Object({ userId: UserIdSchema });
const FollowSchema = Type.Object({ userId: Type.Integer(), following: Type.Boolean() });
const FollowCountsSchema = Type.Object({ userId: Type.Integer(), followers: Type.Integer(), following: Type.Integer() });

/** Who follows whom. The caller decides for itself alone. */
export function followRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, events, metrics, clock } = context;
  const follow = metrics.operation("follow");
  const unfollow = metrics.operation("unfollow");

  app.get(
    "/follows",
    {
      schema: {
        summary: "Users whom the caller follows, in the order of their ids",
        security: SIGNED_IN,
        querystring: UserPageQuerySchema,
        response: { 200: UserPageSchema },
      },
    },
    async (request) => {
      const { limit, after } = request.query;
      const users = await followedPage(database, await auth.requireUser(request), limit + 1, after);
      return { users: users.slice(0, limit), nextAfter: users.length > limit ? (users[limit - 1] ?? null) : null };
    },
  );

  app.get(
    "/follows/:userId",
    {
      schema: {
        summary: "How many follow a user, and how many the user follows",
        params: FollowParamsSchema,
        response: { 200: FollowCountsSchema },
      },
    },
    async (request) => ({ userId: request.params.userId, ...(await followCounts(database, request.params.userId)) }),
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
      follow.run(async () => {
        const followerId = await auth.requireUser(request);
        const followedId = request.params.userId;
        if (followerId === followedId) throw followsOneself();
        await database.transaction(async (tx) => {
          if (await followsEnough(tx, followerId)) throw followsTooMany();
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
      unfollow.run(async () => {
        const followerId = await auth.requireUser(request);
        await database.transaction((tx) => removeFollow(tx, followerId, request.params.userId));
        return { userId: request.params.userId, following: false };
      }),
  );
}

function followsTooMany(): Problem {
  return new Problem({
    status: 422,
    code: "too-many-followed",
    title: "You follow as many as one may",
    errors: [{ path: "/params/userId", message: `comes after ${MAX_FOLLOWED} others; follow one of them no longer first` }],
  });
}

function followsOneself(): Problem {
  return new Problem({
    status: 422,
    code: "cannot-follow-oneself",
    title: "Nobody follows oneself",
    errors: [{ path: "/params/userId", message: "takes the id of another user" }],
  });
}
