import type { ServiceApp, ServiceContext } from "../base/service.ts";
import { accountById, changeProfile } from "./accounts-store.ts";
import { activityOf } from "./activity-store.ts";
import { MeReply, OwnAccountReply, ProfileBody, ProfileReply, UserParams } from "./schemas.ts";
import { activityView, mayRead, noSuchUser, ownView, profileView, SIGNED_IN } from "./views.ts";

/** Profiles: one's own with what is private, everybody's without. */
export function profileRoutes(app: ServiceApp, context: ServiceContext): void {
  const { database, auth, metrics } = context;
  const edit = metrics.operation("edit-profile");

  app.get(
    "/me",
    { schema: { summary: "The caller's own profile", tags: ["profiles"], security: SIGNED_IN, response: { 200: MeReply } } },
    async (request) => {
      const id = await auth.requireUser(request);
      const account = await accountById(database, id);
      if (!account) throw noSuchUser(id);
      return { ...ownView(account), activity: activityView(await activityOf(database, id)) };
    },
  );

  app.patch(
    "/me",
    { schema: { summary: "Change the caller's own profile", tags: ["profiles"], security: SIGNED_IN, body: ProfileBody, response: { 200: OwnAccountReply } } },
    (request) =>
      edit.run(async () => {
        const id = await auth.requireUser(request);
        const account = await changeProfile(database, id, request.body);
        if (!account) throw noSuchUser(id);
        return ownView(account);
      }),
  );

  app.get(
    "/:id",
    {
      schema: {
        summary: "A user's profile; of a private one, others see the name only",
        tags: ["profiles"],
        params: UserParams,
        response: { 200: ProfileReply },
      },
    },
    async (request) => {
      const { id } = request.params;
      const [account, caller] = await Promise.all([accountById(database, id), auth.callerOf(request)]);
      if (!account) throw noSuchUser(id);
      return profileView(account, mayRead(account, caller) ? await activityOf(database, id) : undefined);
    },
  );
}
