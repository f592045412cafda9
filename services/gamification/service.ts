import type { ServiceDefinition } from "../base/service.ts";
import { gamification as declaration } from "./declaration.ts";
import { gamificationGroups } from "./handlers.ts";
import { migrations } from "./migrations.ts";
import { gamificationRoutes } from "./routes.ts";

export const gamification: ServiceDefinition = {
  declaration,
  migrations,
  routes: gamificationRoutes,
  handlers: gamificationGroups,
};
