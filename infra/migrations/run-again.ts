import type { IJob } from "kubernetes-models/batch/v1";
import type { Container } from "../host/containers.ts";
import { docker } from "../host/docker.ts";
import type { Runtime } from "../host/runtime.ts";
import { UserError } from "../host/user-error.ts";
import type { Settings } from "../platform/settings.ts";

const DEADLINE_MS = 300_000;

export interface JobRun {
  readonly ok: boolean;
  /** What it said, line by line. */
  readonly lines: readonly string[];
}

const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line.trim() !== "");

/** A job as it was declared, without what the cluster has written into it. */
export function declaredJob({ apiVersion, kind, metadata, spec }: IJob): IJob {
  const { template, ...rest } = spec ?? { template: {} };
  delete rest.selector;
  const own = (labels: Readonly<Record<string, string>> = {}) => Object.fromEntries(Object.entries(labels).filter(([key]) => !/(^|\/)(controller-uid|job-name)$/.test(key)));
  const { name, namespace, labels } = metadata ?? {};
  const named = { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }), labels: own(labels) };
  return { apiVersion, kind, metadata: named, spec: { ...rest, template: { ...template, metadata: { labels: own(template.metadata?.labels) } } } };
}

async function onCluster(settings: Settings, job: Container): Promise<JobRun> {
  const { openCluster } = await import("../kubernetes/kubectl.ts");
  const kubectl = await openCluster(settings);
  const name = job.labels["batch.kubernetes.io/job-name"] ?? job.labels["job-name"] ?? "";
  const [found] = await kubectl.items<IJob>(["job", name]);
  if (found === undefined) throw new UserError(`The job ${name} is gone from the cluster. ./astra up brings it back.`);
  await kubectl.orFail(["replace", "--force", "--filename", "-"], { input: JSON.stringify(declaredJob(found)), deadlineMs: DEADLINE_MS });
  const { code } = await kubectl.run(["wait", "--for=condition=complete", `--timeout=${DEADLINE_MS / 1000}s`, `job/${name}`], { deadlineMs: DEADLINE_MS });
  return { ok: code === 0, lines: lines((await kubectl.run(["logs", `job/${name}`])).stdout) };
}

/** Runs a one-shot job that has ended once more, as it is, and waits for its end. */
export async function runAgain(settings: Settings, runtime: Runtime, job: Container): Promise<JobRun> {
  if (runtime.target === "kubernetes") return await onCluster(settings, job);
  const { code, stdout, stderr } = await docker(["start", "--attach", job.name], { deadlineMs: DEADLINE_MS });
  return { ok: code === 0, lines: lines(stdout + stderr) };
}
