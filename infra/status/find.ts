import { currentTraffic } from "../engine/traffic.ts";
import { STACKS } from "../engine/model.ts";
import { stackMembers } from "../engine/plan.ts";
import { readHistory } from "../history/store.ts";
import type { Container } from "../host/containers.ts";
import type { Runtime } from "../host/runtime.ts";
import { messageOf } from "../host/user-error.ts";
import { alertmanagerAlerts, joinAlerts, prometheusAlerts } from "../monitoring/alerts.ts";
import { askJson, textWithin, type Asked } from "../monitoring/ask.ts";
import { containerName, hostAlias, SECRETS_WRITER } from "../platform/names.ts";
import { stackWorkloads } from "../platform/platform.ts";
import { environmentUrls } from "../platform/urls.ts";
import type { Colour } from "../platform/workload.ts";
import type { Settings } from "../platform/settings.ts";
import type { EnvironmentRecord } from "../engine/record.ts";
import { statusReport, type Expected, type StatusReport } from "./report.ts";

export interface StatusRequest {
  readonly environment: string;
  readonly record: EnvironmentRecord | undefined;
  readonly runtime: Runtime;
  /** Settings of each stack. */
  readonly settings: Readonly<Record<(typeof STACKS)[number], Settings>>;
  readonly urls: (parts: { readonly grafana: boolean; readonly jaeger: boolean }) => StatusReport["urls"];
}

/** A cluster names its pods itself: as many of a workload as there shall be, those that lack by a name of ours. */
export function expectedPods(workload: string, colour: Colour | undefined, replicas: number, containers: readonly Container[]): readonly string[] {
  const there = containers
    .filter((one) => one.workload === workload && one.colour === colour && one.state !== "stopping")
    .map((one) => one.name);
  const lacking = Array.from({ length: Math.max(0, replicas - there.length) }, (_, index) => `${hostAlias(workload, colour)}-missing-${index + 1}`);
  return [...there, ...lacking];
}

/** Containers of every stack that was deployed, or of which something is there. Grafana and agent are not on every machine. */
function expectedContainers({ environment, record, runtime, settings }: StatusRequest, containers: readonly Container[]): readonly Expected[] {
  return STACKS.filter((stack) => record?.stacks[stack] !== undefined || stackMembers(containers, stack).length > 0).flatMap((stack) =>
    stackWorkloads(settings[stack], { startInterval: false, grafana: false })
      .filter((workload) => workload.kind !== "job")
      .flatMap((workload) => {
        const colour = stack === "foundation" ? undefined : stack;
        const names =
          runtime.target === "docker"
            ? Array.from({ length: workload.replicas }, (_, index) => containerName(environment, colour, workload.name, index + 1))
            : expectedPods(workload.name, colour, workload.replicas, containers);
        return names.map((name): Expected => ({ name, workload: workload.name, ...(colour ? { colour } : {}) }));
      }),
  );
}

async function askApi(runtime: Runtime, url: string): Promise<Asked<string>> {
  const asked = await askJson(runtime.fetch, url);
  if ("problem" in asked) return asked;
  const { status, body } = asked.value;
  const word = textWithin(body, "status");
  return status === 200 && word !== "" ? { value: word } : { problem: `answers ${status}` };
}

/**
 * Asks the machine or the cluster how an environment is: all at once, nothing for long.
 * @throws UserError when the engine itself does not answer.
 */
export async function findStatus(request: StatusRequest): Promise<StatusReport> {
  const { environment, record, runtime } = request;
  const containers = (await runtime.containers()).filter((container) => container.workload !== SECRETS_WRITER);
  const { foundation } = request.settings;
  const { api, prometheus, alertmanager } = environmentUrls(foundation, false);
  const runs = containers.length > 0;
  const running = containers.filter((container) => container.state === "running");
  const redisRuns = running.some((container) => container.workload === "redis");
  const traffic = redisRuns
    ? currentTraffic(foundation).then(
        (value) => ({ value }),
        (error: unknown) => ({ problem: messageOf(error) }),
      )
    : { problem: "Redis, which holds the traffic table, does not run" };
  const silent = { problem: "does not run" };
  const [table, history, usage, ofPrometheus, ofAlertmanager, ofApi] = await Promise.all([
    traffic,
    redisRuns ? readHistory(foundation) : [],
    runtime.usage(running),
    runs ? prometheusAlerts(runtime.fetch, prometheus) : silent,
    runs ? alertmanagerAlerts(runtime.fetch, alertmanager) : silent,
    runs ? askApi(runtime, `${api}/health`) : silent,
  ]);
  const has = (workload: string): boolean => containers.some((container) => container.workload === workload);
  return statusReport({
    environment,
    engine: record?.engine,
    containers,
    expected: expectedContainers(request, containers),
    traffic: table,
    history,
    usage,
    ...(runtime.target === "docker" ? {} : { usageUnknown: "the cluster has no metrics-server, or it does not say in time" }),
    alerts: joinAlerts(ofPrometheus, ofAlertmanager),
    apiUrl: `${api}/health`,
    api: ofApi,
    urls: request.urls({ grafana: has("grafana"), jaeger: has("jaeger") }),
  });
}
