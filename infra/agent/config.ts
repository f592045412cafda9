import { EnvironmentReader, type LogLevel, type RedisSettings } from "../../services/base/config.ts";

/** What the agent's process is told. */
export interface AgentConfig {
  readonly service: "agent";
  /** Its own container's name, by which it knows itself. */
  readonly instance: string;
  /** The only environment that it sees. */
  readonly environment: string;
  readonly version: string;
  readonly logLevel: LogLevel | "silent";
  /** [0, 65535]; 0 takes any free port (tests). */
  readonly port: number;
  /** The container engine's Unix socket; absent on a cluster, where it only moves traffic. */
  readonly engineSocket?: string;
  /** What it takes to move traffic when an alert asks for it; absent: it only watches containers. */
  readonly rollback?: { readonly redis: RedisSettings; readonly token: string };
}

/**
 * Reads the agent's configuration; the only place where it looks at its environment.
 * @throws ConfigError with every problem at once.
 */
export function readAgentConfig(environment: Readonly<Record<string, string | undefined>> = process.env): AgentConfig {
  const read = new EnvironmentReader(environment);
  const engineSocket = read.text("ASTRA_ENGINE_SOCKET", "");
  const config: AgentConfig = {
    service: "agent",
    instance: read.text("ASTRA_INSTANCE"),
    environment: read.text("ASTRA_ENVIRONMENT"),
    version: read.text("ASTRA_VERSION", "unversioned"),
    logLevel: read.choice<LogLevel>("ASTRA_LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    port: read.integer("ASTRA_PORT", 1, 65_535, 8080),
    ...(engineSocket === "" ? {} : { engineSocket }),
  };
  const rollback = rollbackConfig(read);
  if (rollback === undefined && engineSocket === "") read.problems.push("ASTRA_ENGINE_SOCKET, ASTRA_REDIS_HOST: neither is set, so there is nothing to do. Fix: set one of them");
  read.finish();
  return rollback === undefined ? config : { ...config, rollback };
}

function rollbackConfig(read: EnvironmentReader): AgentConfig["rollback"] {
  const host = read.text("ASTRA_REDIS_HOST", "");
  if (host === "") return undefined;
  const folder = read.text("ASTRA_SECRETS_DIR", "/run/secrets");
  const port = read.integer("ASTRA_REDIS_PORT", 1, 65_535, 6379);
  const password = read.secret(folder, "redis", false) ?? "";
  return { redis: { host, port, password }, token: read.secret(folder, "agent_token", false) ?? "" };
}
