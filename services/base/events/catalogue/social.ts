import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { Id, UserId } from "./fields.ts";

/** A user posted. Aggregate: the post. */
export const postCreated = defineEvent({
  type: "social.post.created",
  version: 1,
  data: Type.Object({ postId: Id, userId: UserId }),
});

/** `userId` likes a post of `authorId`. Aggregate: the post. */
export const postLiked = defineEvent({
  type: "social.post.liked",
  version: 1,
  data: Type.Object({ postId: Id, userId: UserId, authorId: UserId }),
});
