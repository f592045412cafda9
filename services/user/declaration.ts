import type { ServiceDeclaration } from "../base/declaration.ts";

export const user: ServiceDeclaration = {
  name: "user",
  port: 8006,
  purpose: "Registration, authentication and profiles.",
  capabilities: ["registration", "authentication", "profiles"],
  route: "users",
  stores: ["postgres", "redis"],
  schema: "users",
  criticality: 5,
};
