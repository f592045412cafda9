import { currentTraffic } from "../engine/traffic.ts";
import { STACKS } from "../engine/model.ts";
import { stackMembers } from "../engine/plan.ts";
import { environmentContainers, type Container } from "../host/containers.ts";
import { containerUsage } from "../host/usage.ts";
import { messageOf } from "../host/user-error.ts";
import { alertmanagerAlerts, joinAlerts, prometheusAlerts } from "../monitoring/alerts.ts";
import { askJson, textWithin, type Asked } from "../monitoring/ask.ts";
import { containerName, SECRETS_WRITER } from "../platform/names.ts";
import { stackWorkloads } from "../platform/platform.ts";
import { environmentUrls } from "../platform/urls.ts";
import type { Settings } from "../platform/settings.ts";
import type { EnvironmentRecord } from "../engine/record.ts";
import { statusReport, type Expected, type StatusReport } from "./report.ts";

export interface StatusRequest {
  readonly environment: string;
  readonly record: EnvironmentRecord | undefined;
  /** Settings of each stack. */
  readonly settings: Readonly<Record<(typeof STACKS)[number], Settings>>;
  readonly urls: (grafana: boolean) => StatusReport["urls"];
}

/** Containers of every stack that was deployed, or of which something is there. Grafana and agent are not on every machine. */
function expectedContainers({ environment, record, settings }: StatusRequest, containers: readonly Container[]): readonly Expected[] {
  return STACKS.filter((stack) => record?.stacks[stack] !== undefined || stackMembers(containers, stack).length > 0).flatMap((stack) =>
    stackWorkloads(settings[stack], { startInterval: false, grafana: false })
      .filter((workload) => workload.kind !== "job")
      .flatMap((workload) =>
        Array.from({ length: workload.replicas }, (_, index): Expected => {
          const colour = stack === "foundation" ? undefined : stack;
          return { name: containerName(environment, colour, workload.name, index + 1), workload: workload.name, ...(colour ? { colour } : {}) };
        }),
      ),
  );
}

async function askApi(url: string): Promise<Asked<string>> {
  const asked = await askJson(fetch, url);
  if ("problem" in asked) return asked;
  const { status, body } = asked.value;
  const word = textWithin(body, "status");
  return status === 200 && word !== "" ? { value: word } : { problem: `answers ${status}` };
}

/**
 * Asks the machine how an environment is: all at once, nothing for long.
 * @throws UserError when the engine itself does not answer.
 */
export async function findStatus(request: StatusRequest): Promise<StatusReport> {
  const { environment, record } = request;
  const containers = (await environmentContainers(environment)).filter((container) => container.workload !== SECRETS_WRITER);
  const { foundation } = request.settings;
  const { api, prometheus, alertmanager } = environmentUrls(foundation, false);
  const runs = containers.length > 0;
  const running = containers.filter((container) => container.state === "running").map((container) => container.name);
  const redisRuns = running.includes(containerName(environment, undefined, "redis", 1));
  const traffic = redisRuns
    ? currentTraffic(foundation).then(
        (value) => ({ value }),
        (error: unknown) => ({ problem: messageOf(error) }),
      )
    : { problem: "Redis, which holds the traffic table, does not run" };
  const silent = { problem: "does not run" };
  const [table, usage, ofPrometheus, ofAlertmanager, ofApi] = await Promise.all([
    traffic,
    containerUsage(running),
    runs ? prometheusAlerts(fetch, prometheus) : silent,
    runs ? alertmanagerAlerts(fetch, alertmanager) : silent,
    runs ? askApi(`${api}/health`) : silent,
  ]);
  return statusReport({
    environment,
    engine: record?.engine,
    containers,
    expected: expectedContainers(request, containers),
    traffic: table,
    usage,
    alerts: joinAlerts(ofPrometheus, ofAlertmanager),
    apiUrl: `${api}/health`,
    api: ofApi,
    urls: request.urls(containers.some((container) => container.workload === "grafana")),
  });
}
