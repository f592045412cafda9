import { counter, gauge, type MetricSource } from "../metric.ts";

export const FRONTEND_RESPONSES = counter("haproxy_frontend_http_responses_total", "Answers of a front end by class.", ["proxy", "code"]);
export const FRONTEND_SESSIONS = gauge("haproxy_frontend_current_sessions", "Open sessions of a front end.", ["proxy"]);
export const BACKEND_ACTIVE_SERVERS = gauge("haproxy_backend_active_servers", "Instances that take requests.", ["proxy"]);
export const BACKEND_CONNECTION_ERRORS = counter("haproxy_backend_connection_errors_total", "Connections that failed.", ["proxy"]);
export const SERVER_STATUS = gauge("haproxy_server_status", "1 for the state that an instance is in.", ["proxy", "server", "state"]);
export const SERVER_WEIGHT = gauge("haproxy_server_weight", "Weight of an instance as its agent says it.", ["proxy", "server"]);
export const SERVER_RESPONSES = counter("haproxy_server_http_responses_total", "Answers of an instance by class.", ["proxy", "server", "code"]);
export const EDGE_CONNECTIONS = gauge("haproxy_process_current_connections", "Open connections.");
export const EDGE_MAX_CONNECTIONS = gauge("haproxy_process_max_connections", "Most connections that may be open.");

export const edge: MetricSource = {
  name: "HAProxy 3.0",
  workloads: ["edge"],
  metrics: [
    FRONTEND_RESPONSES,
    FRONTEND_SESSIONS,
    BACKEND_ACTIVE_SERVERS,
    BACKEND_CONNECTION_ERRORS,
    SERVER_STATUS,
    SERVER_WEIGHT,
    SERVER_RESPONSES,
    EDGE_CONNECTIONS,
    EDGE_MAX_CONNECTIONS,
  ],
};
