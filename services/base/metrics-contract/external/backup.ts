import { gauge, type GaugeDefinition, type MetricSource } from "../metric.ts";

/** Before the first backup there is none of them. */
function sparse(name: string, help: string): GaugeDefinition & { readonly sparse: true } {
  return { ...gauge(name, help), sparse: true };
}

export const BACKUP_SUCCEEDED_AT = sparse("astra_backup_last_success_timestamp_seconds", "When a backup was last written and read again, in Unix time.");
export const BACKUP_FAILED_AT = sparse("astra_backup_last_failure_timestamp_seconds", "When a backup last failed, in Unix time.");
export const BACKUP_DURATION = sparse("astra_backup_duration_seconds", "Time that the last successful backup took.");
export const BACKUP_SIZE = sparse("astra_backup_size_bytes", "Size of the last successful backup.");
export const BACKUP_INTERVAL = sparse("astra_backup_interval_seconds", "How often backups are to be made; 0: when somebody asks for one.");
export const RESTORE_TEST_SUCCEEDED_AT = sparse("astra_restore_test_last_success_timestamp_seconds", "When a backup was last restored and compared, in Unix time.");
export const RESTORE_TEST_FAILED_AT = sparse("astra_restore_test_last_failure_timestamp_seconds", "When a backup last could not be restored, or was not as before, in Unix time.");
export const RESTORE_TEST_DURATION = sparse("astra_restore_test_duration_seconds", "Time that the last successful restore test took.");
export const RESTORE_TEST_INTERVAL = sparse("astra_restore_test_interval_seconds", "How often a backup is to be restored and compared; 0: when somebody asks for it.");

/** What `./astra backup` and `./astra restore --test` leave in Redis. */
export const backup: MetricSource = {
  name: "the agent, from the outcomes of backups",
  workloads: ["agent"],
  metrics: [
    BACKUP_SUCCEEDED_AT,
    BACKUP_FAILED_AT,
    BACKUP_DURATION,
    BACKUP_SIZE,
    BACKUP_INTERVAL,
    RESTORE_TEST_SUCCEEDED_AT,
    RESTORE_TEST_FAILED_AT,
    RESTORE_TEST_DURATION,
    RESTORE_TEST_INTERVAL,
  ],
};
