import { Type } from "typebox";
import { Problem } from "../base/problem.ts";

export const Username = Type.Union([Type.String(), Type.Null()], { description: "null until the registration has arrived." });

export const PlayerParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

export function playerNotFound(userId: number): Problem {
  return new Problem({
    status: 404,
    code: "player-not-found",
    title: "No such player",
    detail: `Nobody with the id ${userId} has played yet.`,
    errors: [{ path: "/params/id", message: "takes the id of a registered user" }],
  });
}
