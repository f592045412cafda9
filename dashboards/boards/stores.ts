import { DASHBOARDS } from "../../alerts/model/alert.ts";
import * as backup from "../../services/base/metrics-contract/external/backup.ts";
import * as pg from "../../services/base/metrics-contract/external/postgres.ts";
import * as redis from "../../services/base/metrics-contract/external/redis.ts";
import { type Board, graph, highIsGood, lowIsGood, stat } from "../model/board.ts";

const rate = (metric: string, matchers = ""): string => `rate(${metric}${matchers}[$__rate_interval])`;
const database = '{datname="astradb"}';

/** Do Redis and PostgreSQL have what they need? */
export const stores: Board = {
  uid: DASHBOARDS.stores,
  title: "AstraTrade: data stores",
  description: "Use, saturation and errors of Redis and PostgreSQL.",
  variables: [],
  rows: [
    {
      title: "Redis",
      panels: [
        stat({ title: "Redis", description: "1 while it answers.", unit: "none" }, `max(${redis.REDIS_UP.name})`, { thresholds: highIsGood(1) }),
        stat({ title: "Redis memory", description: "Share of what it may use; at 100 % it refuses writes.", unit: "percentunit" }, `max(${redis.REDIS_MEMORY_USED.name} / ${redis.REDIS_MEMORY_MAX.name})`, {
          thresholds: lowIsGood(0.6, 0.8),
        }),
        stat({ title: "Redis clients", description: "Open connections.", unit: "short" }, `max(${redis.REDIS_CLIENTS.name})`),
        stat({ title: "Append-only file", description: "What is on disk. It is rewritten when it has grown.", unit: "bytes" }, `max(${redis.REDIS_AOF_SIZE.name})`),
        graph({ title: "Redis commands", description: "Commands a second.", unit: "ops" }, [{ expr: `sum(${rate(redis.REDIS_COMMANDS.name)})`, legend: "commands" }]),
        graph({ title: "Redis trouble", description: "Keys evicted, connections refused, and late syncs, within 5 minutes: nothing of it should be.", unit: "short" }, [
          { expr: `max(increase(${redis.REDIS_EVICTED_KEYS.name}[5m]))`, legend: "evicted keys" },
          { expr: `max(increase(${redis.REDIS_REJECTED_CONNECTIONS.name}[5m]))`, legend: "refused connections" },
          { expr: `max(delta(${redis.REDIS_AOF_DELAYED_FSYNC.name}[5m]))`, legend: "late syncs" },
        ]),
      ],
    },
    {
      title: "PostgreSQL",
      panels: [
        stat({ title: "PostgreSQL", description: "1 while it answers.", unit: "none" }, `max(${pg.PG_UP.name})`, { thresholds: highIsGood(1) }),
        stat(
          { title: "Connections", description: "Share of what there may be; at 100 % new ones are refused.", unit: "percentunit" },
          `sum(${pg.PG_ACTIVITY.name}) / (max(${pg.PG_MAX_CONNECTIONS.name}) - max(${pg.PG_RESERVED_CONNECTIONS.name}))`,
          { thresholds: lowIsGood(0.6, 0.8) },
        ),
        stat({ title: "Size", description: "The database on disk.", unit: "bytes" }, `max(${pg.PG_SIZE.name}${database})`),
        stat(
          { title: "Oldest transaction", description: "Age of the oldest open transaction of our services.", unit: "s" },
          `max(${pg.PG_MAX_TX_DURATION.name}{datname="astradb",backend_type="client backend"})`,
          { thresholds: lowIsGood(10, 60) },
        ),
        graph({ title: "Transactions", description: "Committed and rolled back, a second.", unit: "ops" }, [
          { expr: `sum(${rate(pg.PG_COMMITS.name, database)})`, legend: "committed" },
          { expr: `sum(${rate(pg.PG_ROLLBACKS.name, database)})`, legend: "rolled back" },
        ]),
        graph({ title: "Connections by role", description: "Who has how many connections.", unit: "short" }, [
          { expr: `sum by (usename) (${pg.PG_ACTIVITY.name}${database})`, legend: "{{usename}}" },
        ]),
        graph({ title: "Found in memory", description: "Share of blocks that did not have to be read from disk.", unit: "percentunit" }, [
          {
            expr: `sum(${rate(pg.PG_BLOCKS_HIT.name, database)}) / (sum(${rate(pg.PG_BLOCKS_HIT.name, database)}) + sum(${rate(pg.PG_BLOCKS_READ.name, database)}))`,
            legend: "from memory",
          },
        ]),
        graph({ title: "Locks and deadlocks", description: "Locks held now, and deadlocks within 5 minutes.", unit: "short" }, [
          { expr: `sum(${pg.PG_LOCKS.name}${database})`, legend: "locks" },
          { expr: `sum(increase(${pg.PG_DEADLOCKS.name}${database}[5m]))`, legend: "deadlocks" },
        ]),
      ],
    },
    {
      title: "Backups",
      panels: [
        stat({ title: "Age of the newest backup", description: "Since one was written and read again. No data: there never was one.", unit: "s" }, `time() - max(${backup.BACKUP_SUCCEEDED_AT.name})`, {
          thresholds: lowIsGood(93_600, 180_000),
        }),
        stat(
          { title: "Age of the newest restore test", description: "Since a backup was restored into stores of its own and compared.", unit: "s" },
          `time() - max(${backup.RESTORE_TEST_SUCCEEDED_AT.name})`,
          { thresholds: lowIsGood(93_600, 180_000) },
        ),
        stat({ title: "Size of the newest backup", description: "One file, compressed.", unit: "bytes" }, `max(${backup.BACKUP_SIZE.name})`),
        graph({ title: "Time for backup and restore test", description: "Each as the last one took.", unit: "s" }, [
          { expr: `max(${backup.BACKUP_DURATION.name})`, legend: "backup" },
          { expr: `max(${backup.RESTORE_TEST_DURATION.name})`, legend: "restore test" },
        ], 6),
      ],
    },
  ],
};
