import type { ServiceDeclaration } from "../base/declaration.ts";

export const trading: ServiceDeclaration = {
  name: "trading",
  port: 8001,
  purpose: "Trade execution, positions and risk limits.",
  capabilities: ["trade-execution", "positions", "risk-management", "price-feed"],
  route: "trading",
  stores: ["postgres", "redis"],
  schema: "trading",
  criticality: 6,
};
