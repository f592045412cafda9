import * as backup from "../../services/base/metrics-contract/external/backup.ts";
import { DASHBOARDS, type RuleGroup } from "../model/alert.ts";

const NOW = "./astra backup --test --keep 7";
const HISTORY = "./astra history --last 30";
const SERVICE = "systemctl status astra-backup";
const FILES = "ls -l .astra/backups/*";
const TEST = "./astra restore FILE --test";

/** Older than one and a half of what was promised. Without a promise nothing is late. */
function late(succeededAt: string, interval: string): string {
  return `time() - (max(${succeededAt}) or vector(0)) > 1.5 * (max(${interval}) > 0)`;
}

function failedLast(failedAt: string, succeededAt: string): string {
  return `max(${failedAt}) > (max(${succeededAt}) or vector(0))`;
}

/** Series of a test: failed after the last success, and before it. */
const failedSince = (failedAt: string, succeededAt: string) => [
  { series: failedAt, bad: 200, good: 200 },
  { series: succeededAt, bad: 100, good: 300 },
];

const STEADY_INTERVAL = { bad: 600, good: 600 } as const;

/** Backups, and whether they can be restored. */
export const backupGroup: RuleGroup = {
  name: "backup",
  component: "backup",
  owner: "platform",
  dashboard: DASHBOARDS.stores,
  records: [],
  alerts: [
    {
      name: "BackupTooOld",
      severity: "critical",
      expr: late(backup.BACKUP_SUCCEEDED_AT.name, backup.BACKUP_INTERVAL.name),
      // A first backup takes its time.
      forSeconds: 900,
      summary: "The newest backup is older than it should be.",
      description: "The newest backup is {{ $value | humanizeDuration }} old (threshold 1.5 times what `./astra backup --every` was told).",
      runbook: {
        meaning: "Nobody makes backups any more, though `--every` promised them: the command has ended, or fails each time.",
        impact: "None now. After a loss of the stores, everything since the newest backup is gone.",
        commands: [NOW, HISTORY, SERVICE],
        goBack: "Make one by hand, then start the service that makes them again.",
      },
      test: {
        value: "30m 5s",
        series: [
          { series: backup.BACKUP_SUCCEEDED_AT.name, bad: -905, good: 600 },
          { series: backup.BACKUP_INTERVAL.name, ...STEADY_INTERVAL },
        ],
      },
    },
    {
      name: "BackupFailed",
      severity: "warning",
      expr: failedLast(backup.BACKUP_FAILED_AT.name, backup.BACKUP_SUCCEEDED_AT.name),
      forSeconds: 60,
      summary: "The last backup failed.",
      description: "The last backup failed, and none has been made since.",
      runbook: {
        meaning: "A store did not answer, or the disk is full. The history says why; half a backup never stays.",
        impact: "None now; the newest backup grows older.",
        commands: [HISTORY, "df -h .astra", NOW],
        goBack: "Put right what the history names, and make one by hand.",
      },
      test: {
        series: failedSince(backup.BACKUP_FAILED_AT.name, backup.BACKUP_SUCCEEDED_AT.name),
      },
    },
    {
      name: "RestoreTestFailed",
      severity: "critical",
      expr: failedLast(backup.RESTORE_TEST_FAILED_AT.name, backup.RESTORE_TEST_SUCCEEDED_AT.name),
      forSeconds: 60,
      summary: "A backup could not be restored.",
      description: "The last restore test failed: the backup could not be loaded, or a table, a migration or the ledger is not as it was.",
      runbook: {
        meaning: "The newest backups may be worth nothing. The history names the table or the step.",
        impact: "None now. After a loss of the stores there may be no way back to the newest state.",
        commands: [HISTORY, TEST, FILES],
        goBack: "Test older files until one is good and keep that one; then find out what changed since.",
      },
      test: {
        series: failedSince(backup.RESTORE_TEST_FAILED_AT.name, backup.RESTORE_TEST_SUCCEEDED_AT.name),
      },
    },
    {
      name: "RestoreTestTooOld",
      severity: "warning",
      expr: late(backup.RESTORE_TEST_SUCCEEDED_AT.name, backup.RESTORE_TEST_INTERVAL.name),
      forSeconds: 900,
      summary: "No backup has been tried for too long.",
      description: "A backup was last restored and compared {{ $value | humanizeDuration }} ago (threshold 1.5 times what `./astra backup --every ... --test` was told).",
      runbook: {
        meaning: "Backups are made, and nobody knows whether they can be restored: the test fails, or has no Docker engine or no space.",
        impact: "None now.",
        commands: [TEST, HISTORY, "docker system df"],
        goBack: "Test the newest file by hand, on another machine where this one cannot.",
      },
      test: {
        value: "30m 5s",
        series: [
          { series: backup.RESTORE_TEST_SUCCEEDED_AT.name, bad: -905, good: 600 },
          { series: backup.RESTORE_TEST_INTERVAL.name, ...STEADY_INTERVAL },
        ],
      },
    },
  ],
};
