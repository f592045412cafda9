import type { ServiceDeclaration } from "../base/declaration.ts";

export const financial: ServiceDeclaration = {
  name: "financial",
  port: 8004,
  purpose: "Ledger, revenue, subscriptions and the business KPIs.",
  capabilities: ["ledger", "revenue", "subscriptions", "kpis"],
  route: "financial",
  stores: ["postgres", "redis"],
  schema: "financial",
  criticality: 4,
};
