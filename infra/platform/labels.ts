/** Labels by which people and scripts find containers and pods, whatever their names. */
export const LABELS = {
  environment: "astratrade.environment",
  workload: "astratrade.workload",
  colour: "astratrade.colour",
  version: "astratrade.version",
  /** Hash of the container's normal form: equal hashes mean that nothing has to be replaced. */
  spec: "astratrade.spec",
} as const;
