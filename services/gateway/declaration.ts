import type { ServiceDeclaration } from "../base/declaration.ts";

export const gateway: ServiceDeclaration = {
  name: "gateway",
  port: 8000,
  purpose: "Single entry: routes every API request to a healthy instance.",
  capabilities: ["routing", "circuit-breaking", "service-registry", "dashboard"],
  stores: ["redis"],
  criticality: 7,
};
