/** The part of the compose file format that we write; both `docker compose` (v2) and docker-compose 1.29 take it. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly external: true; readonly name: string }>>;
  readonly volumes?: Readonly<Record<string, { readonly external: true; readonly name: string }>>;
}

export interface ComposeService {
  readonly image: string;
  readonly container_name: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly group_add?: readonly string[];
  readonly read_only: true;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly volumes: readonly ComposeMount[];
  readonly mem_limit: number;
  readonly memswap_limit: number;
  readonly cpus: number;
  readonly cpu_shares?: number;
  readonly healthcheck?: ComposeHealthCheck;
  readonly restart: "unless-stopped" | "no";
  readonly stop_signal: string;
  readonly stop_grace_period: string;
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly networks: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly ports: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: DependsOnCondition }>>;
}

export type DependsOnCondition = "service_started" | "service_completed_successfully";

/** The long syntax: the short one creates a missing host folder, and has no size for a tmpfs mount. */
export type ComposeMount =
  | { readonly type: "volume"; readonly source: string; readonly target: string; readonly read_only?: boolean }
  | { readonly type: "bind"; readonly source: string; readonly target: string; readonly read_only: true }
  | { readonly type: "tmpfs"; readonly target: string; readonly tmpfs: { readonly size: number } };

export interface ComposeHealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly start_period: string;
  readonly start_interval?: string;
  readonly retries: number;
}
