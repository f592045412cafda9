import { describe, expect, it } from "vitest";
import { backupMetrics } from "../../../../infra/agent/metrics/backup.ts";
import { BACKUP_KEY, writeOutcomes, type BackupOutcomes } from "../../../../infra/backup/outcome.ts";

/** As much of Redis as outcomes take. */
function hashes(): Parameters<typeof writeOutcomes>[0] & Parameters<typeof backupMetrics>[0] {
  const all = new Map<string, Record<string, string>>();
  const fake = {
    hset: (key: string, fields: Record<string, string>) => {
      all.set(key, { ...all.get(key), ...fields });
      return Promise.resolve(0);
    },
    hgetall: (key: string) => Promise.resolve(all.get(key) ?? {}),
  };
  return fake as unknown as ReturnType<typeof hashes>;
}

describe("the agent's metrics of backups (R-DEP-6, R-MON-1)", () => {
  it("tell each outcome, and keep those that a later one says nothing of", async () => {
    const redis = hashes();
    await writeOutcomes(redis, { backupSucceededAt: 100, backupBytes: 7, backupEverySeconds: 3600 });
    await writeOutcomes(redis, { backupFailedAt: 200 });
    const lines = (await backupMetrics(redis)).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toEqual([
      "astra_backup_last_success_timestamp_seconds 100",
      "astra_backup_last_failure_timestamp_seconds 200",
      "astra_backup_size_bytes 7",
      "astra_backup_interval_seconds 3600",
    ]);
  });

  it("are none before the first backup, and while Redis is away", async () => {
    expect(await backupMetrics(hashes())).toBe("");
    const away = { hgetall: () => Promise.reject(new Error("away")) } as unknown as Parameters<typeof backupMetrics>[0];
    expect(await backupMetrics(away)).toBe("");
  });

  it("leave out what is no number", async () => {
    const redis = hashes();
    await redis.hset(BACKUP_KEY, { backupBytes: "much", other: "1" } as unknown as BackupOutcomes & Record<string, string>);
    expect(await backupMetrics(redis)).toBe("");
  });
});
