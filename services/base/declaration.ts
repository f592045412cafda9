/** A store that a service cannot become ready without. */
export type Store = "postgres" | "redis";

/**
 * What a service says of itself. The deployment model, the gateway's routes and the rollout order all come
 * from this one object, so that a new service is one folder and one line in `services/catalogue.ts`.
 */
export interface ServiceDeclaration {
  /** Workload name, DNS label and registry key. */
  readonly name: string;
  /** TCP port inside its container, and on the edge's loopback. */
  readonly port: number;
  /** One sentence for people: `/health`, the status command, the API document. */
  readonly purpose: string;
  /** What a caller can do here, as `/health` names it. */
  readonly capabilities: readonly string[];
  /** First path segment below `/api/v1/` that the gateway routes here; absent for the gateway itself. */
  readonly route?: string;
  /** Stores it needs before it is ready. */
  readonly stores: readonly Store[];
  /** PostgreSQL schema it owns; its roles are `<schema>_owner` and `<schema>_app`. Absent: no database. */
  readonly schema?: string;
  /** Place in a rollout, least critical first: 1 (nft) to 7 (gateway); from 6 on served first where the processor is short. */
  readonly criticality: number;
}
