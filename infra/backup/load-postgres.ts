import { availableParallelism } from "node:os";
import { databaseSecrets } from "../platform/secrets.ts";
import { contentOf, entryOf, type Archive } from "./archive-reader.ts";
import { databaseFacts, type Ask, type DatabaseFacts } from "./database-facts.ts";
import { HelperContainer, LIFETIME_SECONDS } from "./helper-container.ts";
import { keepHandledEvents } from "./inbox.ts";
import { PARTS } from "./manifest.ts";
import { LOADING_FOLDER, POSTGRES_PATH } from "./places.ts";
import { ADMIN, DATABASE } from "./postgres-source.ts";
import { feed } from "./stream-command.ts";
import type { Step } from "./take-backup.ts";
import { nextTransactionId } from "./transaction-id.ts";

const MEMORY_MB = 1536;
const START_MS = 300_000;
const QUESTION_MS = 1_800_000;
const LOAD_MS = 6 * 3_600_000;
/** The start of the image wants password files. These stay in the memory of a container without a network. */
const PASSWORDS = `for name in ${databaseSecrets.join(" ")}; do head -c 24 /dev/urandom | base64 | tr -d '/+=\\n' > /run/secrets/$name; done`;

/** Nothing of it is needed before all of it is on the disk: a load that was cut off is thrown away. */
const FASTER = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  autovacuum: "off",
  max_wal_size: "8GB",
  checkpoint_timeout: "1h",
  maintenance_work_mem: "192MB",
  log_min_duration_statement: "-1",
} as const;

const DUMP = `${POSTGRES_PATH}/restore.dump`;

/** A database in a container without a network. */
export interface LoadedDatabase {
  readonly facts: DatabaseFacts;
  readonly helper: HelperContainer;
}

function asking(helper: HelperContainer): Ask {
  return async (sql) => {
    const psql = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator", "\t", "--set", "ON_ERROR_STOP=1"];
    const text = await helper.runOrFail([...psql, "--username", ADMIN, "--dbname", DATABASE, "--command", sql], "A question to the restored database", QUESTION_MS);
    return text.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
  };
}

async function sql(helper: HelperContainer, database: string, statements: readonly string[]): Promise<void> {
  const psql = ["psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--username", ADMIN, "--dbname", database];
  await helper.runOrFail([...psql, ...statements.flatMap((each) => ["--command", each])], "Preparing the database", QUESTION_MS);
}

/** Roles that the backup's owners and grants name, and this release does not have: without a password, nobody uses them. */
function missingRoles(roles: readonly string[]): readonly string[] {
  return roles.map((role) => `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE "${role}" NOLOGIN; END IF; END $$`);
}

/**
 * Makes a PostgreSQL of the backup's dump, in a container of its own without a network, and looks at all of it. The image
 * makes roles, schemas and grants as it does at every start. The caller removes the container.
 *
 * The database goes into the folder `restoring` of the volume; without one, into a volume that goes with the container.
 */
export async function loadPostgres(archive: Archive, image: string, volume: string | undefined, step: Step): Promise<LoadedDatabase> {
  const { database, snapshots } = archive.manifest;
  const data = `${POSTGRES_PATH}/${LOADING_FOLDER}`;
  const helper = await HelperContainer.start({
    kind: "postgres",
    image,
    dataPath: POSTGRES_PATH,
    ...(volume === undefined ? {} : { volume }),
    tmpfs: ["/tmp:size=64m", "/run/postgresql:size=1m,mode=1777", "/run/secrets:size=1m,mode=1777", "/dev/shm:size=256m"],
    environment: { PGDATA: data },
    memoryMb: MEMORY_MB,
    script: `set -e; rm -rf ${data} ${data}.new ${DUMP}; ${PASSWORDS}; exec timeout --signal=INT ${LIFETIME_SECONDS} postgres-start`,
  });
  try {
    await step("PostgreSQL: empty, without a network", async () => {
      await helper.until(["pg_isready", "-q", "-d", DATABASE], "The PostgreSQL for the restore", START_MS);
      await sql(helper, "postgres", [
        ...Object.entries(FASTER).map(([name, value]) => `ALTER SYSTEM SET ${name} = '${value}'`),
        "SELECT pg_reload_conf()",
        ...missingRoles(database.roles),
        `DROP DATABASE ${DATABASE} WITH (FORCE)`,
        // The dump brings the schemas with their owners and grants.
        `CREATE DATABASE ${DATABASE} OWNER ${ADMIN} TEMPLATE template0`,
      ]);
    });
    const jobs = Math.max(1, Math.min(4, availableParallelism()));
    await step(`PostgreSQL: loaded by ${jobs} at once`, async () => {
      await feed(helper.inside(["bash", "-c", `cat > ${DUMP}`]), "Copying the dump", contentOf(archive.file, entryOf(archive, PARTS.postgres)), LOAD_MS);
      const restore = ["pg_restore", "--username", ADMIN, "--dbname", DATABASE, "--exit-on-error", "--jobs", String(jobs), DUMP];
      await helper.runOrFail(restore, "pg_restore", LOAD_MS);
      await helper.runOrFail(["rm", DUMP], "Removing the dump", START_MS);
    });
    const facts = await step(
      "PostgreSQL: every row counted",
      async () => await databaseFacts(asking(helper)),
      ({ tables }) => `${Object.values(tables).reduce((sum, rows) => sum + rows, 0).toLocaleString("en")} rows in ${Object.keys(tables).length} tables`,
    );
    await sql(helper, DATABASE, keepHandledEvents(Object.keys(facts.tables), snapshots.redisAt));
    return { facts, helper };
  } catch (error) {
    await helper.remove();
    throw error;
  }
}

/** Ends the database so that all of it is on the disk, as the platform's PostgreSQL begins with it. */
export async function settlePostgres({ helper }: LoadedDatabase, image: string, volume: string, nextTransaction: string): Promise<void> {
  await helper.runOrFail(["vacuumdb", "--username", ADMIN, "--dbname", DATABASE, "--analyze-only", "--quiet"], "Analysing the tables", LOAD_MS);
  await sql(helper, DATABASE, ["ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()", "CHECKPOINT"]);
  await helper.stop("INT", "The PostgreSQL for the restore");
  await helper.remove();
  await nextTransactionId(image, volume, nextTransaction);
}
