import { domainServices } from "../../services/catalogue.ts";

/** Name of a secret; its file is `/run/secrets/<name>`. */
export type SecretName = string;

export interface SecretDeclaration {
  readonly name: SecretName;
  /** Characters, [16, 128], from [A-Za-z0-9]. */
  readonly length: number;
  readonly purpose: string;
}

/** Role that runs a domain's migrations. */
export function ownerPassword(schema: string): SecretName {
  return `postgres_${schema}_owner`;
}

/** Role that a domain's service connects as. */
export function appPassword(schema: string): SecretName {
  return `postgres_${schema}_app`;
}

const schemas: readonly string[] = domainServices.flatMap((service) => (service.schema ? [service.schema] : []));

/** Every secret of an environment. Each is generated once and never written into code, state or environment in clear. */
export const secrets: readonly SecretDeclaration[] = [
  { name: "postgres_admin", length: 32, purpose: "PostgreSQL superuser astra_admin" },
  { name: "postgres_monitor", length: 32, purpose: "PostgreSQL role of the metrics exporter" },
  ...schemas.flatMap((schema) => [
    { name: ownerPassword(schema), length: 32, purpose: `PostgreSQL role ${schema}_owner (migrations)` },
    { name: appPassword(schema), length: 32, purpose: `PostgreSQL role ${schema}_app (service)` },
  ]),
  { name: "redis", length: 32, purpose: "Redis password" },
  { name: "token_encryption", length: 48, purpose: "Encrypts the user service's signing keys at rest" },
  { name: "operator_token", length: 48, purpose: "Lets an operator pin a request to a colour, give roles and rotate token keys" },
  { name: "agent_token", length: 48, purpose: "Lets the Alertmanager tell the agent of alerts that ask for a rollback" },
  { name: "grafana_admin", length: 24, purpose: "Grafana's admin password" },
];

/** Key of the account that deployed the nft contract: the one secret that a person gives, and that is never generated. */
export const CHAIN_KEY: SecretName = "chain_key";

/** Secrets that come from a stack's config. Each colour has its own, beside the environment's. */
export const givenSecrets: readonly SecretName[] = [CHAIN_KEY];

/** Secrets by which PostgreSQL's start brings its roles in line: all of its own. */
export const databaseSecrets: readonly SecretName[] = secrets
  .map((secret) => secret.name)
  .filter((name) => name.startsWith("postgres_"));
