import { LABELS } from "../platform/labels.ts";
import { linesOf, type ReadOptions } from "../logs/docker-logs.ts";
import type { Kubectl } from "./kubectl.ts";

/** A kubelet writes its own zone into its times; ours are in UTC. */
export function inUtc(line: string): string {
  const [, time, fraction = ".0", zone, rest] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)( .*|$)/s.exec(line) ?? [];
  if (time === undefined || zone === undefined || rest === undefined) return line;
  // Whole seconds through the calendar, so that no digit of the fraction is lost.
  const seconds = zone === "Z" ? time : new Date(`${time}${zone}`).toISOString().slice(0, 19);
  return `${seconds}${fraction}Z${rest === "" ? " " : rest}`;
}

/** A pod's log, each line with its time in front. Of a pod that was started again: of its present run. */
export async function* podLog(kubectl: Kubectl, pod: string, options: ReadOptions, signal: AbortSignal): AsyncGenerator<string> {
  const args = kubectl.args([
    "logs",
    pod,
    "--timestamps",
    ...(options.follow ? ["--follow"] : []),
    ...(options.since === undefined ? [] : ["--since-time", options.since]),
    ...(options.tail === undefined ? [] : ["--tail", String(options.tail)]),
  ]);
  for await (const line of linesOf("kubectl", args, signal)) yield inUtc(line);
}

const START = "{.metadata.uid}{'\\t'}{.status.containerStatuses[0].state.running.startedAt}{'\\n'}";

/** Ids of an environment's pods as their containers start. */
export async function* podStarts(kubectl: Kubectl, environment: string, signal: AbortSignal): AsyncGenerator<string> {
  const args = ["get", "pods", "--selector", `${LABELS.environment}=${environment}`, "--watch", "--output", `jsonpath=${START}`];
  const seen = new Map<string, string>();
  for await (const line of linesOf("kubectl", kubectl.args(args), signal)) {
    const [uid = "", startedAt = ""] = line.split("\t");
    if (startedAt === "" || seen.get(uid) === startedAt) continue;
    seen.set(uid, startedAt);
    yield uid;
  }
}
