import { migrateAll } from "./migrate.ts";
import { lifeInRegistry } from "./other-colour.ts";
import { schemaPlans } from "./schemas.ts";
import { readMigrateSettings } from "./settings.ts";

/** One-shot job: brings every schema up to this release, then ends with 0, or with 1 and the reason. */
try {
  const { colour, version, owners, redis } = readMigrateSettings(schemaPlans.map((plan) => plan.schema));
  const { lines, ok } = await migrateAll(schemaPlans, owners, { release: { colour, version, othersLife: lifeInRegistry(redis) } });
  for (const line of lines) console.log(`migrate: ${line}`);
  console.log(ok ? `migrate: all ${schemaPlans.length} schemas are up to date` : "migrate: not every schema is up to date, see above");
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(`migrate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
