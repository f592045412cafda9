import * as redis from "../../services/base/metrics-contract/external/redis.ts";
import { DASHBOARDS, type AlertRule, type RuleGroup } from "../model/alert.ts";
import { logsOf, query, STATUS } from "./commands.ts";

const CONFIGURATION = "Deploy the foundation with the committed images/redis/redis.conf: `./astra up`.";
const LOGS = logsOf("redis");

/** A setting of Redis that data hangs on. */
function setting(name: string, expr: string, texts: Pick<AlertRule, "summary" | "description" | "test"> & { readonly meaning: string }): AlertRule {
  const { meaning, ...rest } = texts;
  return {
    name,
    severity: "critical",
    expr,
    forSeconds: 60,
    ...rest,
    runbook: {
      meaning,
      impact: "None yet; events and the traffic table are at risk.",
      commands: [LOGS, query("redis_instance_info"), "df -h"],
      goBack: CONFIGURATION,
    },
  };
}

/** Something that must not happen at all, and that has happened. */
function happened(
  name: string,
  severity: "critical" | "warning",
  metric: string,
  texts: Pick<AlertRule, "summary" | "description"> & { readonly meaning: string; readonly impact: string; readonly goBack: string },
): AlertRule {
  const { summary, description, ...runbook } = texts;
  const grows = metric === redis.REDIS_AOF_DELAYED_FSYNC.name ? "delta" : "increase";
  return {
    name,
    severity,
    expr: `max(${grows}(${metric}[5m])) > 0`,
    forSeconds: 0,
    keepFiringSeconds: 900,
    summary,
    description,
    runbook: { ...runbook, commands: [LOGS, query("redis_memory_used_bytes / redis_memory_max_bytes"), STATUS] },
    test: { trueAfterSeconds: 30, series: [{ series: metric, bad: "0 0 1x80", good: "0x80" }] },
  };
}

/** Redis: events, registry, traffic table and limits. */
export const redisGroup: RuleGroup = {
  name: "redis",
  component: "redis",
  owner: "platform",
  dashboard: DASHBOARDS.stores,
  records: [],
  alerts: [
    {
      name: "RedisDown",
      severity: "critical",
      expr: `(max(${redis.REDIS_UP.name}) or vector(0)) == 0`,
      forSeconds: 60,
      summary: "Redis does not answer.",
      description: "The exporter cannot reach Redis, or the exporter is gone.",
      runbook: {
        meaning: "Redis is down, hangs, or refuses the exporter's password.",
        impact: "Requests are served on from memory; events wait in the outbox; limits are counted by each gateway alone.",
        commands: [STATUS, LOGS, "docker exec astra-dev-redis-1 redis-health"],
        goBack: "`./astra up` starts Redis again on its volume.",
      },
      test: { series: [{ series: redis.REDIS_UP.name, bad: 0, good: 1 }] },
    },
    setting("RedisPersistenceFailing", `min(${redis.REDIS_AOF_WRITE_STATUS.name}) == 0 or min(${redis.REDIS_AOF_REWRITE_STATUS.name}) == 0`, {
      summary: "Redis cannot write its file.",
      description: "The last write or rewrite of Redis' append-only file failed.",
      meaning: "The disk is full or fails. Redis refuses writes, or goes on without safety.",
      test: {
        series: [
          { series: redis.REDIS_AOF_WRITE_STATUS.name, bad: 0, good: 1 },
          { series: redis.REDIS_AOF_REWRITE_STATUS.name, bad: 1, good: 1 },
        ],
      },
    }),
    setting("RedisAofDisabled", `min(${redis.REDIS_AOF_ENABLED.name}) == 0`, {
      summary: "Redis does not write what it is told.",
      description: "The append-only file is off: a crash loses everything since the last snapshot.",
      meaning: "Somebody changed the configuration at run time, or another one was deployed.",
      test: { series: [{ series: redis.REDIS_AOF_ENABLED.name, bad: 0, good: 1 }] },
    }),
    setting("RedisUnsafeEvictionPolicy", `max by (maxmemory_policy) (${redis.REDIS_INFO.name}{maxmemory_policy!="noeviction"}) == 1`, {
      summary: "Redis may throw data away.",
      description: "The policy is {{ $labels.maxmemory_policy }} instead of noeviction: a full Redis would throw events away.",
      meaning: "Somebody changed the configuration at run time, or another one was deployed.",
      test: {
        labels: { maxmemory_policy: "allkeys-lru" },
        series: [
          { series: `${redis.REDIS_INFO.name}{maxmemory_policy="allkeys-lru"}`, bad: 1, good: "absent" },
          { series: `${redis.REDIS_INFO.name}{maxmemory_policy="noeviction"}`, bad: "absent", good: 1 },
        ],
      },
    }),
    {
      name: "RedisMemoryHigh",
      severity: "warning",
      expr: `max(${redis.REDIS_MEMORY_USED.name} / ${redis.REDIS_MEMORY_MAX.name}) > 0.8 and max(${redis.REDIS_MEMORY_MAX.name}) > 0`,
      forSeconds: 300,
      summary: "Redis is nearly full.",
      description: "Redis uses {{ $value | humanizePercentage }} of the memory that it may use (threshold 80 %).",
      runbook: {
        meaning: "Streams grow because a group does not read, or there is more traffic than memory.",
        impact: "None yet. At 100 % Redis refuses writes, and events wait in the outbox.",
        commands: [query("eventbus_group_lag_seconds > 30"), LOGS, "docker stats --no-stream"],
        goBack: "Raise `astratrade:resources.redis.memoryMb` and deploy the foundation, or bring the group that does not read back.",
      },
      test: {
        value: "81%",
        series: [
          { series: redis.REDIS_MEMORY_USED.name, bad: 81, good: 79 },
          { series: redis.REDIS_MEMORY_MAX.name, bad: 100, good: 100 },
        ],
      },
    },
    happened("RedisEvicting", "critical", redis.REDIS_EVICTED_KEYS.name, {
      summary: "Redis throws data away.",
      description: "Redis has evicted keys within 5 minutes (threshold 0).",
      meaning: "Redis is full, and its policy is not `noeviction`.",
      impact: "Events and registrations may be lost; relays publish lost events again.",
      goBack: CONFIGURATION,
    }),
    happened("RedisFsyncDelayed", "warning", redis.REDIS_AOF_DELAYED_FSYNC.name, {
      summary: "The disk is too slow for Redis.",
      description: "Syncs of the append-only file were late within 5 minutes (threshold 0).",
      meaning: "Something else keeps the disk busy. More than the last second could be lost in a power cut.",
      impact: "Publishing events takes longer.",
      goBack: "Nothing to take back; find what writes so much (`docker stats`).",
    }),
    happened("RedisRejectedConnections", "warning", redis.REDIS_REJECTED_CONNECTIONS.name, {
      summary: "Redis refuses connections.",
      description: "Redis has refused connections within 5 minutes, since there were too many (threshold 0).",
      meaning: "More clients than `maxclients`: many instances, two colours, or connections that are never closed.",
      impact: "Instances that start now do not become ready.",
      goBack: "Run fewer instances, or take the idle colour down.",
    }),
    {
      name: "RedisAuthErrors",
      severity: "warning",
      expr:
        `sum by (err) (increase(${redis.REDIS_ERRORS.name}{err=~"NOPERM|WRONGPASS|NOAUTH"}[10m])) > 0 ` +
        `or sum by (err) (${redis.REDIS_ERRORS.name}{err=~"NOPERM|WRONGPASS|NOAUTH"} unless ${redis.REDIS_ERRORS.name} offset 10m) > 0`,
      forSeconds: 0,
      keepFiringSeconds: 900,
      summary: "Somebody without the right password asks Redis.",
      description: "Redis refused commands with {{ $labels.err }} within 10 minutes (threshold 0).",
      runbook: {
        meaning: "A container has an old password, or somebody tries the door.",
        impact: "None for those who have the password.",
        commands: [LOGS, "docker exec astra-dev-redis-1 sh -c 'redis-cli --no-auth-warning -a \"$(cat /run/secrets/redis)\" ACL LOG 5'", STATUS],
        goBack: "Deploy the foundation and the colours again, so that all read the same secret file.",
      },
      test: {
        labels: { err: "WRONGPASS" },
        trueAfterSeconds: 15,
        series: [{ series: `${redis.REDIS_ERRORS.name}{err="WRONGPASS"}`, bad: "_ 1x20", good: "absent" }],
      },
    },
    {
      name: "RedisRestarted",
      severity: "info",
      expr: `min(${redis.REDIS_UPTIME.name}) < 300`,
      forSeconds: 15,
      summary: "Redis has started anew.",
      description: "Redis runs for {{ $value | humanizeDuration }} (threshold 5 min). It explains other alerts.",
      runbook: {
        meaning: "Redis was deployed, restarted or died.",
        impact: "Events waited for some seconds.",
        commands: [LOGS, STATUS, query("redis_uptime_in_seconds")],
        goBack: "Nothing to take back.",
      },
      test: { value: "4m 59s", series: [{ series: redis.REDIS_UPTIME.name, bad: 299, good: 301 }] },
    },
  ],
};
