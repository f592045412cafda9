import type { Redis } from "ioredis";
import * as m from "../../../services/base/metrics-contract/external/backup.ts";
import type { MetricDefinition } from "../../../services/base/metrics-contract/metric.ts";
import { readOutcomes, type BackupOutcomes } from "../../backup/outcome.ts";
import { Exposition } from "./exposition.ts";

const METRICS: readonly (readonly [keyof BackupOutcomes, MetricDefinition])[] = [
  ["backupSucceededAt", m.BACKUP_SUCCEEDED_AT],
  ["backupFailedAt", m.BACKUP_FAILED_AT],
  ["backupSeconds", m.BACKUP_DURATION],
  ["backupBytes", m.BACKUP_SIZE],
  ["backupEverySeconds", m.BACKUP_INTERVAL],
  ["testSucceededAt", m.RESTORE_TEST_SUCCEEDED_AT],
  ["testFailedAt", m.RESTORE_TEST_FAILED_AT],
  ["testSeconds", m.RESTORE_TEST_DURATION],
  ["testEverySeconds", m.RESTORE_TEST_INTERVAL],
];

/** What came of backups and restore tests, in Prometheus' text format. Empty before the first, and while Redis is away. */
export async function backupMetrics(redis: Pick<Redis, "hgetall">): Promise<string> {
  let outcomes: BackupOutcomes;
  try {
    outcomes = await readOutcomes(redis);
  } catch {
    return "";
  }
  const out = new Exposition();
  let isAny = false;
  for (const [field, metric] of METRICS) {
    const value = outcomes[field];
    if (value === undefined) continue;
    out.add(metric, {}, value);
    isAny = true;
  }
  return isAny ? out.text() : "";
}
