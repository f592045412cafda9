/** What is true of the machine that is deployed to, found out once per command and passed on as data. */
export interface HostFacts {
  /** The Docker engine (25+) and the tool in use know a health check's start interval. */
  readonly startInterval: boolean;
  /** Grafana's image is here or can be had, and config does not say `off`. */
  readonly grafana: boolean;
  /** The same for Jaeger. @default false */
  readonly jaeger?: boolean;
  /** Group that may use the engine's socket (`ENGINE_SOCKET`); absent: there is none, and on Docker no agent is deployed. */
  readonly dockerSocketGid?: number;
}
