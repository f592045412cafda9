import type { ServiceDeclaration } from "../base/declaration.ts";

export const social: ServiceDeclaration = {
  name: "social",
  port: 8003,
  purpose: "Feed, posts and interactions.",
  capabilities: ["feed", "posts", "interactions"],
  route: "social",
  stores: ["postgres", "redis"],
  schema: "social",
  criticality: 2,
};
