import type { ServiceDeclaration } from "../base/declaration.ts";

export const gamification: ServiceDeclaration = {
  name: "gamification",
  port: 8002,
  purpose: "Experience points, levels, achievements and leaderboards.",
  capabilities: ["xp", "achievements", "leaderboards"],
  route: "gamification",
  stores: ["postgres", "redis"],
  schema: "gamification",
  criticality: 3,
};
