import { counter, gauge } from "./metric.ts";

export const UPSTREAM_REQUESTS = counter("gateway_upstream_requests_total", "Tries to have a service answer.", [
  "upstream",
  "upstream_colour",
  "outcome",
]);
export const RETRIES = counter("gateway_retries_total", "Tries after the first one.", ["upstream"]);
export const RATE_LIMITED = counter("gateway_rate_limited_total", "Requests over a limit.", ["scope"]);
export const BREAKER_STATE = gauge("gateway_breaker_state", "1 for the state that a service's circuit breaker is in.", ["upstream", "state"]);
export const REGISTRY_AGE = gauge("gateway_registry_age_seconds", "Time since the registry was last read.");
export const UPSTREAM_INSTANCES = gauge("gateway_upstream_instances", "Instances that take requests.", ["upstream", "upstream_colour"]);
export const TRAFFIC_WEIGHT = gauge("gateway_traffic_weight", "Share of the requests that a colour of a workload gets, in percent.", [
  "upstream",
  "upstream_colour",
]);
export const LIMITER_LOCAL = gauge("gateway_limiter_local", "1 while rate limits are counted by this process alone.");
