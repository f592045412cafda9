/** Commands that many runbooks begin with. */
export const STATUS = "./astra status";
export const CHECK = "./astra test";
export const RECENT_ERRORS = "./astra logs --level error --since 15m";

/** Log lines of one workload, or of the workload in a label. */
export function logsOf(workload: string, since = "15m"): string {
  return `./astra logs ${workload} --since ${since}`;
}

/** An instant query, answered by Prometheus as JSON. */
export function query(expression: string): string {
  return `curl -s http://127.0.0.1:9090/api/v1/query --data-urlencode 'query=${expression}'`;
}

export const HEALTH = "curl -s http://127.0.0.1:8000/health";
export const TRAFFIC_BACK = "If it began with a rollout, give the traffic back to the other colour (`pulumi destroy` of the new colour does that too).";
