import type { ServiceDefinition } from "../base/service.ts";
import { social as declaration } from "./declaration.ts";
import { socialGroups } from "./handlers.ts";
import { migrations } from "./migrations.ts";
import { feedRoutes } from "./routes-feed.ts";
import { followRoutes } from "./routes-follows.ts";
import { groupRoutes } from "./routes-groups.ts";
import { interactionRoutes } from "./routes-interactions.ts";
import { memberRoutes } from "./routes-members.ts";

export const social: ServiceDefinition = {
  declaration,
  migrations,
  routes(app, context) {
    feedRoutes(app, context);
    interactionRoutes(app, context);
    followRoutes(app, context);
    groupRoutes(app, context);
    memberRoutes(app, context);
  },
  handlers: socialGroups,
};
