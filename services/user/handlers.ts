import { postCommented, postCreated, postLiked, userFollowed } from "../base/events/catalogue/social.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { type ConsumerGroup, onMany } from "../base/events/consumer-group.ts";
import { type ActivityCounter, countActivities } from "./activity-store.ts";

const EVENTS = [tradeExecuted, positionClosed, postCreated, postCommented, postLiked, userFollowed] as const;

const COUNTER_OF: Readonly<Record<string, ActivityCounter>> = {
  [tradeExecuted.type]: "trades_executed",
  [positionClosed.type]: "positions_closed",
  [postCreated.type]: "posts_created",
  [postCommented.type]: "comments_written",
  [postLiked.type]: "likes_given",
  [userFollowed.type]: "users_followed",
};

/** Keeps the time last seen and the activity counters of every profile. */
export const activityGroup: ConsumerGroup = {
  name: "user.activity",
  handlers: onMany(EVENTS, (tx, events) =>
    countActivities(
      tx,
      events.flatMap(({ type, data, occurredAt }) => {
        const counter = COUNTER_OF[type];
        return counter === undefined ? [] : [{ userId: data.userId, counter, occurredAt }];
      }),
    ),
  ),
};
