import { postCommented, postCreated, postLiked, userFollowed } from "../base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import { countActivity } from "./activity-store.ts";

/** Keeps the time last seen and the activity counters of every profile. */
export const activityGroup: ConsumerGroup = {
  name: "user.activity",
  handlers: [
    on(tradeExecuted, (tx, event) => countActivity(tx, event.data.userId, "trades_executed", event.occurredAt)),
    on(positionClosed, (tx, event) => countActivity(tx, event.data.userId, "positions_closed", event.occurredAt)),
    on(postCreated, (tx, event) => countActivity(tx, event.data.userId, "posts_created", event.occurredAt)),
    on(postCommented, (tx, event) => countActivity(tx, event.data.userId, "comments_written", event.occurredAt)),
    on(postLiked, (tx, event) => countActivity(tx, event.data.userId, "likes_given", event.occurredAt)),
    on(userFollowed, (tx, event) => countActivity(tx, event.data.userId, "users_followed", event.occurredAt)),
  ],
};
