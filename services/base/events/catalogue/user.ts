import { Type } from "typebox";
import { defineEvent } from "../define.ts";
import { UserId } from "./fields.ts";

/** Somebody has an account. Aggregate: the user. */
export const userRegistered = defineEvent({
  type: "user.registered",
  version: 1,
  data: Type.Object({ userId: UserId, username: Type.String() }),
});
