import { Type } from "typebox";
import type { Transaction } from "../base/postgres/database.ts";
import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { groupNotFound, notYours, ownerStays } from "./group-problems.ts";
import { GroupParamsSchema, SIGNED_IN, UserIdSchema, UserPageQuerySchema, UserPageSchema } from "./schemas.ts";
import { addMember, findGroup, lockGroup, membersPage, removeMember, type Group } from "./store-groups.ts";

const MemberParamsSchema = Type.Object({ ...GroupParamsSchema.properties, userId: UserIdSchema });
const MemberSchema = Type.Object({ groupId: Type.String(), userId: Type.Integer(), member: Type.Boolean() });

/** Who is in a group: one joins a public one oneself; the owner takes in and puts out. */
export function memberRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, metrics, clock } = context;
  const joining = metrics.operation("group-join");
  const leaving = metrics.operation("group-leave");

  app.get(
    "/groups/:id/members",
    {
      schema: {
        summary: "Members of a group, in the order of their ids",
        params: GroupParamsSchema,
        querystring: UserPageQuerySchema,
        response: { 200: UserPageSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { limit, after } = request.query;
      if ((await findGroup(database, id, await auth.userOf(request))) === undefined) throw groupNotFound(id);
      const users = await membersPage(database, id, limit + 1, after);
      return { users: users.slice(0, limit), nextAfter: users.length > limit ? (users[limit - 1] ?? null) : null };
    },
  );

  app.put(
    "/groups/:id/members/:userId",
    {
      schema: {
        summary: "Joins a public group, or, as its owner, takes somebody in; a second time changes nothing",
        security: SIGNED_IN,
        params: MemberParamsSchema,
        response: { 200: MemberSchema },
      },
    },
    (request) =>
      joining.run(async () => {
        const caller = await auth.requireUser(request);
        const { id, userId } = request.params;
        await database.transaction(async (tx) => {
          await lockForMember(tx, id, userId, caller);
          await addMember(tx, id, userId, new Date(clock.now()));
        });
        return { groupId: id, userId, member: true };
      }),
  );

  app.delete(
    "/groups/:id/members/:userId",
    {
      schema: {
        summary: "Leaves a group, or, as its owner, puts somebody out; a second time changes nothing",
        security: SIGNED_IN,
        params: MemberParamsSchema,
        response: { 200: MemberSchema },
      },
    },
    (request) =>
      leaving.run(async () => {
        const caller = await auth.requireUser(request);
        const { id, userId } = request.params;
        await database.transaction(async (tx) => {
          const group = await lockForMember(tx, id, userId, caller);
          if (userId === group.ownerId) throw ownerStays();
          await removeMember(tx, id, userId);
        });
        return { groupId: id, userId, member: false };
      }),
  );
}

/**
 * A group, locked, in which the caller may say whether a user is a member: oneself, or anybody for the owner.
 * @throws Problem (404) where the caller sees no such group, (403) where it is somebody else's membership.
 */
async function lockForMember(tx: Transaction, id: string, userId: number, caller: number): Promise<Group> {
  const group = await lockGroup(tx, id, caller);
  if (group === undefined) throw groupNotFound(id);
  if (caller !== userId && caller !== group.ownerId) throw notYours("/params/userId");
  return group;
}
