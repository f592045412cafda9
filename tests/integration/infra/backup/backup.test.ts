import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArchive, type Archive } from "../../../../infra/backup/archive-reader.ts";
import { helperOwner } from "../../../../infra/backup/helper-container.ts";
import { forgetBefore, holdsDatabase, loadBeside, storeVolumes, swapIn } from "../../../../infra/backup/restore-into.ts";
import { requireSame, testRestore } from "../../../../infra/backup/restore-test.ts";
import { takeBackup, type BackupSource, type Step } from "../../../../infra/backup/take-backup.ts";
import type { LoadedDatabase } from "../../../../infra/backup/load-postgres.ts";
import { docker, dockerOrFail } from "../../../../infra/host/docker.ts";
import { removeContainer } from "../../../support/docker.ts";
import { asRole, connectionOf, fillWithTrades, migratePlatform } from "../../../support/platform-data.ts";
import { makeSecretsFolder, startPostgres, startRedis, type StoreContainer } from "../../../support/store-containers.ts";
import { stores } from "../../../support/stores.ts";

const PATIENCE_MS = 600_000;
const TRADES = 300;
const ENVIRONMENT = `backup-${randomBytes(3).toString("hex")}`;
const quiet: Step = async (_, work) => await work(() => undefined);

function redisOf(container: StoreContainer, password: string): Redis {
  return new Redis({ host: container.host, port: container.port, password });
}

async function secretOf(secretsDir: string, name: string): Promise<string> {
  return await readFile(join(secretsDir, name), "utf8");
}

describe("backup and restore of both stores (R-DEP-6)", () => {
  const { images } = stores();
  const folder = mkdtempSync(join(tmpdir(), "astra-backup-test-"));
  const secretsDir = makeSecretsFolder();
  const file = join(folder, "backup.tar");
  const started: StoreContainer[] = [];
  let source: BackupSource;
  let postgres: StoreContainer;
  let redis: StoreContainer;
  let archive: Archive;

  const inside = (container: StoreContainer) => (command: readonly string[]) => ({ program: "docker", args: ["exec", "--interactive", container.id, ...command] });

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis(images.redis, secretsDir), startPostgres(images.postgres, secretsDir)]);
    started.push(redis, postgres);
    await migratePlatform(postgres, secretsDir);
    await fillWithTrades(postgres, secretsDir, 1, TRADES);
    await asRole(postgres, secretsDir, "astra_admin", async (client) => {
      // The last hundred events are not settled, and were handled long ago.
      await client.query(`INSERT INTO trading.event_stream (stream, last_id, settled_id) VALUES ('events:trading', '1700000000000-${TRADES}', '1700000000000-${TRADES - 99}')`);
      await client.query("UPDATE social.inbox SET handled_at = now() - interval '5 days'");
    });
    const client = redisOf(redis, await secretOf(secretsDir, "redis"));
    for (let n = 1; n <= 50; n++) await client.xadd("events:trading", `1700000000000-${n}`, "event", "{}");
    await client.xgroup("CREATE", "events:trading", "social.trades", "1700000000000-20");
    await client.mset("astra:traffic", "{}", "astra:jwks", "{}", "astra:limit:user:1", "5", "astra:limit:user:2", "5");
    await client.hset("astra:registry", "blue-nft-1", "{}");
    await client.lpush("astra:history", "{}");
    await client.quit();
    source = {
      environment: ENVIRONMENT,
      releases: { blue: "0123456789ab" },
      postgres: { connection: connectionOf(postgres, secretsDir, "astra_admin"), inside: inside(postgres) },
      redis: { inside: inside(redis) },
    };
    archive = await takeBackup(source, file, quiet);
  }, PATIENCE_MS);

  afterAll(async () => {
    await Promise.all(started.map(async ({ id }) => await removeContainer(id)));
    for (const volume of Object.values(storeVolumes(ENVIRONMENT))) await docker(["volume", "rm", "--force", volume]);
    for (const path of [folder, secretsDir]) rmSync(path, { recursive: true, force: true });
  }, PATIENCE_MS);

  test("a backup says what it is of, and holds it, for its owner only", async () => {
    const { manifest } = await readArchive(file);
    expect(manifest).toMatchObject({ environment: ENVIRONMENT, versions: { postgres: expect.stringMatching(/^17\./), redis: expect.stringMatching(/^8\./) } });
    expect(manifest.database.tables).toMatchObject({ "trading.trades": TRADES, "financial.ledger_entries": 2 * TRADES, "social.inbox": TRADES });
    expect(Number(manifest.database.ledger["USD"])).toBe(0);
    expect(manifest.snapshots.redisAt < manifest.snapshots.postgresAt).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a backup holds no password of the stores", async () => {
    const bytes = await readFile(file, "latin1");
    for (const name of ["redis", "postgres_admin", "postgres_trading_app", "token_encryption"]) expect(bytes).not.toContain(await secretOf(secretsDir, name));
  });

  test("a restore test passes on a good backup, and leaves nothing behind", { timeout: PATIENCE_MS }, async () => {
    await testRestore(archive, images, quiet);
    const own = await dockerOrFail(["ps", "--all", "--quiet", "--filter", `label=astratrade.restore=${helperOwner()}`]);
    expect(own.trim()).toBe("");
  });

  test("a restore that lacks a row is told apart", () => {
    const { database } = archive.manifest;
    const loaded = { facts: { ...database, tables: { ...database.tables, "trading.trades": TRADES - 1 } } } as unknown as LoadedDatabase;
    expect(() => requireSame(archive, loaded)).toThrow(`trading.trades has ${TRADES - 1} rows instead of ${TRADES}`);
  });

  test("a backup whose store fails leaves no file", async () => {
    const failing: BackupSource = { ...source, postgres: { ...source.postgres, inside: () => ({ program: "sh", args: ["-c", "echo half; echo no disk >&2; exit 3"] }) } };
    await expect(takeBackup(failing, join(folder, "failing.tar"), quiet)).rejects.toThrow(/pg_dump failed \(exit 3\):\nno disk/);
    expect(await readdir(folder)).toEqual(["backup.tar"]);
  });

  test("another platform, with passwords of its own, begins with what was backed up", { timeout: PATIENCE_MS }, async () => {
    const volumes = storeVolumes(ENVIRONMENT);
    expect(await holdsDatabase(volumes, images)).toBe(false);
    await loadBeside(archive, ENVIRONMENT, images, quiet);
    expect(await holdsDatabase(volumes, images)).toBe(false);
    await swapIn(ENVIRONMENT, images);
    await forgetBefore(ENVIRONMENT, images);
    expect(await holdsDatabase(volumes, images)).toBe(true);

    const fresh = makeSecretsFolder();
    chmodSync(fresh, 0o755);
    try {
      const [newRedis, newPostgres] = await Promise.all([startRedis(images.redis, fresh, volumes.redis), startPostgres(images.postgres, fresh, volumes.postgres)]);
      started.push(newRedis, newPostgres);
      await asRole(newPostgres, fresh, "trading_app", async (client) => {
        expect((await client.query("SELECT count(*)::int AS trades FROM trades")).rows).toEqual([{ trades: TRADES }]);
        await client.query("UPDATE accounts SET balance = balance + 1");
      });
      await asRole(newPostgres, fresh, "astra_admin", async (client) => {
        // Numbers of transactions go on above the old ones, so the ledger's audit covers what was restored.
        const { rows } = await client.query<{ audited: boolean }>("SELECT bool_and(written_by < pg_snapshot_xmin(pg_current_snapshot())) AS audited FROM financial.ledger_entries");
        expect(rows).toEqual([{ audited: true }]);
        // Handled, perhaps to be delivered again: not forgotten. What is settled may be.
        const inbox = await client.query("SELECT count(*)::int AS kept FROM social.inbox WHERE handled_at > now() - interval '1 day'");
        expect(inbox.rows).toEqual([{ kept: 100 }]);
        expect((await client.query("SHOW fsync")).rows).toEqual([{ fsync: "on" }]);
      });
      const client = redisOf(newRedis, await secretOf(fresh, "redis"));
      expect((await client.keys("*")).sort()).toEqual(["astra:history", "events:trading"]);
      expect(await client.xlen("events:trading")).toBe(50);
      expect(await client.xinfo("GROUPS", "events:trading")).toEqual([expect.arrayContaining(["social.trades", "1700000000000-20"])]);
      await client.quit();
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
});
