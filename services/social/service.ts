import type { ServiceDefinition } from "../base/service.ts";
import { social as declaration } from "./declaration.ts";
import { socialGroups } from "./handlers.ts";
import { migrations } from "./migrations.ts";
import { feedRoutes } from "./routes-feed.ts";
import { interactionRoutes } from "./routes-interactions.ts";

export const social: ServiceDefinition = {
  declaration,
  migrations,
  routes(app, context) {
    feedRoutes(app, context);
    interactionRoutes(app, context);
  },
  handlers: socialGroups,
};
