import type { RuleGroup } from "./model/alert.ts";
import { agentGroup } from "./rules/agent.ts";
import { backupGroup } from "./rules/backup.ts";
import { businessGroup } from "./rules/business.ts";
import { containers } from "./rules/containers.ts";
import { deployment } from "./rules/deployment.ts";
import { events } from "./rules/events.ts";
import { gatewayGroup } from "./rules/gateway.ts";
import { monitoringGroup } from "./rules/monitoring.ts";
import { postgresGroup } from "./rules/postgres.ts";
import { protection } from "./rules/protection.ts";
import { redisGroup } from "./rules/redis.ts";
import { services } from "./rules/services.ts";
import { slo } from "./rules/slo.ts";
import { tracingGroup } from "./rules/tracing.ts";

/** Every rule there is, area by area. */
export const ruleGroups: readonly RuleGroup[] = [
  slo,
  gatewayGroup,
  protection,
  services,
  events,
  redisGroup,
  postgresGroup,
  containers,
  agentGroup,
  businessGroup,
  deployment,
  monitoringGroup,
  tracingGroup,
  backupGroup,
];
