import type { ServiceDeclaration } from "../base/declaration.ts";

export const nft: ServiceDeclaration = {
  name: "nft",
  port: 8005,
  purpose: "Rewards and the marketplace.",
  capabilities: ["rewards", "marketplace"],
  route: "nft",
  stores: ["postgres", "redis"],
  schema: "nft",
  criticality: 1,
};
