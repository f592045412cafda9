import { counter, gauge } from "./metric.ts";

export const UPSTREAM_REQUESTS = counter("gateway_upstream_requests_total", "Tries to have a service answer.", [
  "upstream",
  "upstream_colour",
  "outcome",
]);
export const RETRIES = counter("gateway_retries_total", "Tries after the first one.", ["upstream"]);
export const RATE_LIMITED = counter("gateway_rate_limited_total", "Requests over a limit.", ["scope"]);
export const BREAKER_STATE = gauge("gateway_breaker_state", "1 for the state that the circuit breaker of a service's colour is in.", [
  "upstream",
  "upstream_colour",
  "state",
]);
export const BREAKER_REFUSED = counter("gateway_breaker_refused_total", "Requests that an open circuit breaker kept from a service.", ["upstream"]);
export const RETRIES_REFUSED = counter("gateway_retries_refused_total", "Retries that the retry budget did not allow.", ["upstream"]);
export const STALE_ANSWERS = counter("gateway_stale_answers_total", "Reads answered with an earlier answer, since the service could give none.", ["upstream"]);
export const EJECTIONS = counter("gateway_ejections_total", "Instances taken out of the turn, by the failure that did it.", [
  "upstream",
  "upstream_colour",
  "reason",
]);
export const EJECTED = gauge("gateway_ejected_instances", "Instances that are out of the turn now.", ["upstream", "upstream_colour"]);
export const REGISTRY_AGE = gauge("gateway_registry_age_seconds", "Time since the registry was last read.");
export const REGISTRY_FAULT = gauge("gateway_registry_fault", "1 while most heartbeats stopped at once, so that nobody is taken for dead.");
export const UPSTREAM_INSTANCES = gauge("gateway_upstream_instances", "Instances that take requests.", ["upstream", "upstream_colour"]);
export const TRAFFIC_WEIGHT = gauge("gateway_traffic_weight", "Share of the requests that a colour of a workload gets, in percent.", [
  "upstream",
  "upstream_colour",
]);
export const LIMITER_LOCAL = gauge("gateway_limiter_local", "1 while rate limits are counted by this process alone.");
