import { run, runOrFail, type RunOptions, type RunResult } from "../host/run.ts";
import { UserError } from "../host/user-error.ts";
import type { Settings } from "../platform/settings.ts";
import { namespaceName } from "./identity.ts";
import { clusterAccess } from "./kubeconfig.ts";
import { requireCluster } from "./reach.ts";

/** Deadline of a question that a cluster answers at once. */
const QUICK_MS = 30_000;
const NO_SUCH_PROGRAM = 127;

/** `kubectl`, for one namespace of one cluster. */
export class Kubectl {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;

  constructor(context: string, server: string, namespace: string) {
    this.context = context;
    this.server = server;
    this.namespace = namespace;
  }

  /** All arguments of a call, for whoever starts it. */
  args(rest: readonly string[]): readonly string[] {
    return ["--context", this.context, "--namespace", this.namespace, ...rest];
  }

  /** The caller judges the exit code. */
  async run(rest: readonly string[], options: Partial<RunOptions> = {}): Promise<RunResult> {
    return await run("kubectl", this.args(rest), { deadlineMs: QUICK_MS, ...options });
  }

  /** @throws UserError with what the cluster says, when it says no. */
  async orFail(rest: readonly string[], options: Partial<RunOptions> = {}): Promise<string> {
    return await runOrFail("kubectl", this.args(rest), { deadlineMs: QUICK_MS, ...options });
  }

  /** Objects of a `get`. @throws UserError as `orFail`. */
  async items<T>(rest: readonly string[], options: Partial<RunOptions> = {}): Promise<readonly T[]> {
    const text = await this.orFail(["get", ...rest, "--output", "json", "--ignore-not-found"], options);
    if (text.trim() === "") return [];
    const value = JSON.parse(text) as { readonly kind?: string; readonly items?: readonly T[] };
    return value.items ?? [value as T];
  }
}

/**
 * `kubectl` for the cluster of an environment, which has answered.
 * @throws UserError in one line: no kubeconfig, no answer, no `kubectl`.
 */
export async function openCluster(settings: Pick<Settings, "environment" | "kubernetes">): Promise<Kubectl> {
  const access = clusterAccess(settings.kubernetes.context);
  const { code } = await run("kubectl", ["version", "--client"], { deadlineMs: QUICK_MS });
  if (code === NO_SUCH_PROGRAM)
    throw new UserError("The program `kubectl` is not on the PATH, and clusters are asked by it. See https://kubernetes.io/docs/tasks/tools");
  await requireCluster(access);
  return new Kubectl(access.context, access.server, namespaceName(settings));
}
