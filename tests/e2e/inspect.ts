import { environmentContainers } from "../../infra/host/containers.ts";
import { dockerOrFail } from "../../infra/host/docker.ts";

/** What an engine really made of one container; only the fields that the tests look at. */
export interface Real {
  readonly Name: string;
  readonly Config: { readonly User: string; readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly CpuShares: number;
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly GroupAdd: readonly string[] | null;
    readonly Mounts?: readonly unknown[] | null;
    readonly Binds: readonly string[] | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>> | null;
  };
}

/** Every workload's containers of an environment as the engine has them. */
export async function realContainers(environment: string): Promise<readonly Real[]> {
  const names = (await environmentContainers(environment))
    .filter((container) => container.workload !== "secrets")
    .map((container) => container.name);
  return JSON.parse(await dockerOrFail(["container", "inspect", ...names])) as readonly Real[];
}

/** Ids of an environment's containers by name. */
export async function idsOf(environment: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await environmentContainers(environment)).map((container) => [container.name, container.id]));
}

/** Names of what an environment has left on the machine, other than containers. */
export async function leftovers(kind: "volume" | "network", environment: string): Promise<readonly string[]> {
  const names = await dockerOrFail([kind, "ls", "--format", "{{.Name}}"]);
  return names.split("\n").filter((name) => name === `astra-${environment}` || name.startsWith(`astra-${environment}-`));
}
