import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { Id, UserId } from "./fields.ts";

/** A user posted. Aggregate: the post. Its text is not told: who wants it asks the social service. */
export const postCreated = defineEvent({
  type: "social.post.created",
  version: 1,
  data: Type.Object({ postId: Id, userId: UserId }),
});

/** `userId` likes a post of `authorId` for the first time; again after taking it back is not told. Aggregate: the post. */
export const postLiked = defineEvent({
  type: "social.post.liked",
  version: 1,
  data: Type.Object({ postId: Id, userId: UserId, authorId: UserId }),
});

/** `userId` commented on an entry of `authorId`. Aggregate: the post. */
export const postCommented = defineEvent({
  type: "social.post.commented",
  version: 1,
  data: Type.Object({ postId: Id, commentId: Id, userId: UserId, authorId: UserId }),
});

/** `userId` follows `followedId`. Aggregate: the follower. */
export const userFollowed = defineEvent({
  type: "social.user.followed",
  version: 1,
  data: Type.Object({ userId: UserId, followedId: UserId }),
});
