import type { Migration } from "../base/postgres/migration.ts";
import { eventMigrations } from "../base/events/outbox-migrations.ts";
import { domainServices } from "../catalogue.ts";
import { migrations as financial } from "../financial/migrations.ts";
import { migrations as gamification } from "../gamification/migrations.ts";
import { migrations as nft } from "../nft/migrations.ts";
import { migrations as social } from "../social/migrations.ts";
import { migrations as trading } from "../trading/migrations.ts";
import { migrations as user } from "../user/migrations.ts";

/** A schema and all that it is made of, in order. */
export interface SchemaPlan {
  readonly schema: string;
  readonly migrations: readonly Migration[];
}

const byService: Readonly<Record<string, readonly Migration[]>> = { financial, gamification, nft, social, trading, user };

/** Every schema of the platform: the event bus' tables first, then the domain's own. */
export const schemaPlans: readonly SchemaPlan[] = domainServices.flatMap((service) => {
  if (service.schema === undefined) return [];
  const migrations = byService[service.name];
  if (migrations === undefined) {
    throw new Error(`service "${service.name}" has a schema and no migrations here. Fix: add it to services/migrate/schemas.ts`);
  }
  return [{ schema: service.schema, migrations: [...eventMigrations, ...migrations] }];
});
