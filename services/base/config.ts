import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceDeclaration } from "./declaration.ts";
import { parseRouteLimits, type RouteLimit } from "./route-limits.ts";

export type Colour = "blue" | "green";
export type Mode = "dev" | "production";
export type LogLevel = "debug" | "info" | "warn" | "error";

export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly schema: string;
}

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  /** Absent: a Redis without authentication, as on a developer's machine. */
  readonly password?: string;
}

/** What every Node process of the platform is told. */
export interface ProcessConfig {
  /** Workload name. */
  readonly service: string;
  /** Container name; unique among all running instances. */
  readonly instance: string;
  readonly environment: string;
  readonly colour: Colour;
  readonly version: string;
  /** `dev` believes `X-User-ID` and a body's `user_id`; `production` believes tokens only. */
  readonly mode: Mode;
  readonly logLevel: LogLevel | "silent";
  /** Folder of the secret files; see `readSecret`. */
  readonly secretsDir: string;
}

/** Where traces go and how many of them. */
export interface TracingSettings {
  /** Base address of an OTLP/HTTP receiver; `/v1/traces` is added. */
  readonly otlpEndpoint: string;
  /** Share of the traces that begin here and are recorded, [0, 1]. One that comes in decided stays as it was decided. */
  readonly sampleRatio: number;
}

/** Share of traces in each mode that nobody has set otherwise. */
export const SAMPLE_RATIOS: Readonly<Record<Mode, number>> = { dev: 1, production: 0.01 };

/** What a service is told, and the only form in which its code sees the environment. */
export interface ServiceConfig extends ProcessConfig {
  /** Address to listen on. @default "0.0.0.0" */
  readonly host: string;
  /** Address that others reach it by. Absent: the first outside IPv4 of the machine. */
  readonly address?: string;
  /** [0, 65535]; 0 takes any free port (tests). */
  readonly port: number;
  /** Port of HAProxy's agent check, [0, 65535]. */
  readonly agentPort: number;
  /** Absent for a service without a schema. */
  readonly postgres?: PostgresSettings;
  readonly redis: RedisSettings;
  /** Requests a minute. */
  readonly limits: {
    readonly perUser: number;
    readonly perService: number;
    /** Routes with limits of their own; the first that fits counts. @default none */
    readonly routes?: readonly RouteLimit[];
  };
  /** Seconds from the opening of a circuit breaker to its trials, [30, 60]. Absent: 30. Of the gateway only. */
  readonly breakerResetSeconds?: number;
  /** Absent: no trace is recorded here; those that come in are passed on. */
  readonly tracing?: TracingSettings;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Every problem of a process' configuration at once; one line each: what is wrong, what it takes, what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`wrong configuration:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Reads values one by one and keeps what is wrong, so that a person fixes everything in one go. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Text of a variable; an empty one counts as absent. */
  text(name: string, fallback?: string): string {
    const value = this.#environment[name];
    if (value !== undefined && value !== "") return value;
    if (fallback === undefined) this.problems.push(`${name}: is not set. Fix: set it`);
    return fallback ?? "";
  }

  /** Whole number in [min, max]. */
  integer(name: string, min: number, max: number, fallback?: number): number {
    const text = this.text(name, fallback === undefined ? undefined : String(fallback));
    if (text === "") return min;
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= min && value <= max) return value;
    this.problems.push(`${name}: takes a whole number from ${min} to ${max} (got "${text}")`);
    return min;
  }

  /** Decimal number in [min, max]. */
  number(name: string, min: number, max: number, fallback: number): number {
    const text = this.text(name, String(fallback));
    const value = Number(text);
    if (/^\d{1,10}(\.\d{1,10})?$/.test(text) && value >= min && value <= max) return value;
    this.problems.push(`${name}: takes a number from ${min} to ${max} (got "${text}")`);
    return fallback;
  }

  /** Address of an HTTP server; an empty one counts as absent. */
  httpAddress(name: string): string | undefined {
    const text = this.text(name, "");
    if (text === "") return undefined;
    const protocol = URL.parse(text)?.protocol;
    if (protocol === "http:" || protocol === "https:") return text;
    this.problems.push(`${name}: takes an http or https address such as "http://jaeger:4318" (got "${text}")`);
    return undefined;
  }

  choice<T extends string>(name: string, choices: readonly [T, ...T[]], fallback: T): T {
    const text = this.text(name, fallback);
    const found = choices.find((choice) => choice === text);
    if (found === undefined) this.problems.push(`${name}: takes one of ${choices.join(", ")} (got "${text}")`);
    return found ?? choices[0];
  }

  /** A secret's file; the value never appears in a message. */
  secret(folder: string, name: string, optional: boolean): string | undefined {
    try {
      return readSecret(folder, name);
    } catch (error) {
      if (!optional) this.problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  finish(): void {
    if (this.problems.length > 0) throw new ConfigError(this.problems);
  }
}


/**
 * One secret, without the line end that editors add.
 * @throws Error where the file is not there or empty; the message names the file, never the value.
 */
export function readSecret(secretsDir: string, name: string): string {
  const path = join(secretsDir, name);
  let value: string;
  try {
    value = readFileSync(path, "utf8").trimEnd();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new Error(`secret ${name}: cannot read ${path} (${code}). Fix: put the secret there, readable by this user`, { cause: error });
  }
  if (value === "") throw new Error(`secret ${name}: ${path} is empty. Fix: write the secret into it`);
  return value;
}

/** Reads what a service and a one-shot job have in common. */
export function readProcessConfig(read: EnvironmentReader, service: string): ProcessConfig {
  const mode = read.choice("ASTRA_MODE", ["dev", "production"], "dev");
  return {
    service: read.text("ASTRA_SERVICE", service),
    instance: read.text("ASTRA_INSTANCE", `${service}-${process.pid}`),
    environment: read.text("ASTRA_ENVIRONMENT", "local"),
    colour: read.choice<Colour>("ASTRA_COLOUR", ["blue", "green"], "blue"),
    version: read.text("ASTRA_VERSION", "unversioned"),
    mode,
    logLevel: read.choice<LogLevel>("ASTRA_LOG_LEVEL", ["debug", "info", "warn", "error"], "info"),
    secretsDir: read.text("ASTRA_SECRETS_DIR", "/run/secrets"),
  };
}

/** Where PostgreSQL is; user and password are the caller's affair. */
export function readPostgresPlace(read: EnvironmentReader): Pick<PostgresSettings, "host" | "port" | "database"> {
  return {
    host: read.text("ASTRA_POSTGRES_HOST", "127.0.0.1"),
    port: read.integer("ASTRA_POSTGRES_PORT", 1, 65_535, 5432),
    database: read.text("ASTRA_POSTGRES_DATABASE", "astradb"),
  };
}

/** Where Redis is. `optional`: a missing password is no problem. */
export function readRedisSettings(read: EnvironmentReader, secretsDir: string, optional: boolean): RedisSettings {
  const password = read.secret(secretsDir, "redis", optional);
  return {
    host: read.text("ASTRA_REDIS_HOST", "127.0.0.1"),
    port: read.integer("ASTRA_REDIS_PORT", 1, 65_535, 6379),
    ...(password === undefined ? {} : { password }),
  };
}

/** Absent without an endpoint: there is nobody to record traces for. */
function readTracing(read: EnvironmentReader, mode: Mode): TracingSettings | undefined {
  const otlpEndpoint = read.httpAddress("ASTRA_OTLP_ENDPOINT");
  const sampleRatio = read.number("ASTRA_TRACE_SAMPLE_RATIO", 0, 1, SAMPLE_RATIOS[mode]);
  return otlpEndpoint === undefined ? undefined : { otlpEndpoint, sampleRatio };
}

function readRouteLimits(read: EnvironmentReader): readonly RouteLimit[] {
  const parsed = parseRouteLimits(read.text("ASTRA_LIMIT_ROUTES", ""));
  if ("limits" in parsed) return parsed.limits;
  read.problems.push(`ASTRA_LIMIT_ROUTES: ${parsed.problem}`);
  return [];
}

/**
 * The configuration of a service's process.
 * @param declaration The service; its port and schema are the defaults.
 * @param environment The process' environment; this is the only place that a service reads it.
 * @throws ConfigError with every problem at once.
 */
export function readServiceConfig(declaration: ServiceDeclaration, environment: Environment = process.env): ServiceConfig {
  const read = new EnvironmentReader(environment);
  const base = readProcessConfig(read, declaration.name);
  if (base.service !== declaration.name && base.service !== "") {
    read.problems.push(`ASTRA_SERVICE: this program is "${declaration.name}" (got "${base.service}"). Fix: run the image of ${base.service}`);
  }
  // A hand-started process may talk to stores without passwords; a production one never does.
  const optional = base.mode === "dev";
  const schema = declaration.schema;
  const tracing = readTracing(read, base.mode);
  const config: ServiceConfig = {
    ...base,
    host: read.text("ASTRA_HOST", "0.0.0.0"),
    port: read.integer("ASTRA_PORT", 1, 65_535, declaration.port),
    agentPort: read.integer("ASTRA_AGENT_PORT", 1, 65_535, 8099),
    ...(schema === undefined
      ? {}
      : {
          postgres: {
            ...readPostgresPlace(read),
            user: `${schema}_app`,
            password: read.secret(base.secretsDir, `postgres_${schema}_app`, optional) ?? "",
            schema,
          },
        }),
    redis: readRedisSettings(read, base.secretsDir, optional),
    limits: {
      perUser: read.integer("ASTRA_LIMIT_PER_USER", 1, 1_000_000_000, 200),
      perService: read.integer("ASTRA_LIMIT_PER_SERVICE", 1, 1_000_000_000, 1000),
      routes: readRouteLimits(read),
    },
    breakerResetSeconds: read.integer("ASTRA_BREAKER_RESET_SECONDS", 30, 60, 30),
    ...(tracing === undefined ? {} : { tracing }),
  };
  read.finish();
  return config;
}
